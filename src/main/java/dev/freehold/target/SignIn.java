package dev.freehold.target;

/// All that an owner does about how the Users of an Environment sign in.
public interface SignIn extends SignInProviders, SignInKeys, SignInCheck {}
