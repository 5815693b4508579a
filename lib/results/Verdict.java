package lib.results;

import java.util.List;

/**
 * The answers of an experiment. Codes for machines, sentences for people; each sentence carries its figures.
 *
 * @param scaling {@code linear}, {@code near-linear}, {@code sub-linear}, {@code undecided} or {@code not-measured}, at
 * the largest core count
 * @param manyWeakOrFewStrong {@code many-weak-cores}, {@code few-strong-cores}, {@code it-depends}, {@code undecided}
 * or {@code not-measured}
 * @param optimalCores largest count before more cores win less than 20 %, null when undecided
 * @param cheapestCores lowest cores × latency, null when undecided
 */
public record Verdict(String scaling, String manyWeakOrFewStrong, Double optimalCores, Double cheapestCores,
        List<String> sentences) {
}
