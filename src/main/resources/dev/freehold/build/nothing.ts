// Stands in the place of modules that hold nothing but types.
export {};
