package dev.freehold.inspection;

import java.util.List;
import java.util.Map;

/// What a lock file says, whoever wrote it.
///
/// @param rootSpecs the ranges it was made for, by package; empty when the format keeps none
/// @param keepsSpecs whether the format keeps them, and a frozen install insists on them
/// @param versions the version locked for each direct dependency, as written
/// @param broken packages that others in the lock need and the lock lacks
/// @param engines what its packages ask of Node, by `name@version`; few formats keep it
/// @param packages how many packages it names
record LockContent(
    Map<String, String> rootSpecs,
    boolean keepsSpecs,
    Map<String, String> versions,
    List<String> broken,
    Map<String, String> engines,
    int packages) {}
