package lib.results;

/**
 * Which build did the work; two results are comparable only when this is the same.
 *
 * @param systemInfo the instruction sets that the build uses, in the engine's own words
 * @param library the binary that was chosen for this CPU, null when the engine has none
 */
public record EngineIdentity(String name, String version, String systemInfo, String library) {
}
