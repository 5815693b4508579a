package lib.results;

/**
 * A doubt about an experiment or about one point of it.
 *
 * @param code name of the warning in the closed list of {@code docs/method.md}
 * @param point the point it is about, such as {@code 2 cores, 2 threads}, or null for the whole experiment
 * @param what what happened, with the figures
 * @param why why it matters
 * @param mend what to try
 */
public record WarningNote(String code, String point, String what, String why, String mend) {
}
