package lib.stats;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How far a transcript is from what was said: (substitutions + deletions + insertions) / words of the reference, in the
 * alignment with the fewest edits (Levenshtein 1966), both texts normalised as Whisper's published figures are. Where
 * alignments tie, the one with the most substitutions is counted; the rate is the same.
 *
 * @param wer null when the reference has no words: no rate exists then, and 0 would say "perfect"; may exceed 1
 * @param referenceWords after normalisation
 */
public record WordErrorRate(Double wer, int substitutions, int deletions, int insertions, int referenceWords) {
    /**
     * Written without spaces between words, so words are characters: Radford et al. 2022, appendix C ("we put a space
     * between every letter" for Chinese, Japanese, Thai, Lao and Burmese).
     */
    private static final Set<String> UNSPACED = Set.of("zh", "ja", "th", "lo", "my", "yue");

    /**
     * @param language ISO 639-1, or null for one not known; "en" has rules of its own
     */
    public static WordErrorRate of(String reference, String hypothesis, String language) {
        return align(words(reference, language), words(hypothesis, language));
    }

    /**
     * The same by characters, spaces between words included.
     *
     * @return null when the reference has no words
     */
    public static Double characterErrorRate(String reference, String hypothesis, String language) {
        return align(characters(normalized(reference, language)), characters(normalized(hypothesis, language))).wer;
    }

    /** As both texts are compared. */
    public static String normalized(String text, String language) {
        return "en".equals(language) ? EnglishNormalizer.normalize(text) : BasicNormalizer.normalize(text);
    }

    private static String[] words(String text, String language) {
        String normalized = normalized(text, language);
        if (language != null && UNSPACED.contains(language)) {
            return characters(normalized.replace(" ", ""));
        }
        return normalized.isEmpty() ? new String[0] : normalized.split(" ");
    }

    /** What a reader takes for one character: a letter with its marks. */
    private static String[] characters(String text) {
        List<String> graphemes = Stream.of(text.split("\\b{g}")).filter(grapheme -> !grapheme.isEmpty()).toList();
        return graphemes.toArray(String[]::new);
    }

    private static WordErrorRate align(String[] reference, String[] hypothesis) {
        // one row of the table at a time: for every prefix of the hypothesis the edits, and the substitutions in them
        int[] edits = new int[hypothesis.length + 1];
        int[] substitutions = new int[hypothesis.length + 1];
        for (int j = 1; j <= hypothesis.length; j++) {
            edits[j] = j;
        }
        for (int i = 1; i <= reference.length; i++) {
            int diagonalEdits = edits[0];
            int diagonalSubstitutions = substitutions[0];
            edits[0] = i;
            for (int j = 1; j <= hypothesis.length; j++) {
                int substitution = reference[i - 1].equals(hypothesis[j - 1]) ? 0 : 1;
                int best = diagonalEdits + substitution;
                int bestSubstitutions = diagonalSubstitutions + substitution;
                diagonalEdits = edits[j];
                diagonalSubstitutions = substitutions[j];
                if (isBetter(edits[j] + 1, substitutions[j], best, bestSubstitutions)) {
                    best = edits[j] + 1;
                    bestSubstitutions = substitutions[j];
                }
                if (isBetter(edits[j - 1] + 1, substitutions[j - 1], best, bestSubstitutions)) {
                    best = edits[j - 1] + 1;
                    bestSubstitutions = substitutions[j - 1];
                }
                edits[j] = best;
                substitutions[j] = bestSubstitutions;
            }
        }
        int total = edits[hypothesis.length];
        int substituted = substitutions[hypothesis.length];
        // deletions + insertions are the other edits, and deletions - insertions the difference in length
        int deletions = (total - substituted + reference.length - hypothesis.length) / 2;
        Double wer = reference.length == 0 ? null : Double.valueOf((double) total / reference.length);
        return new WordErrorRate(wer, substituted, deletions, total - substituted - deletions, reference.length);
    }

    private static boolean isBetter(int edits, int substitutions, int best, int bestSubstitutions) {
        return edits < best || edits == best && substitutions > bestSubstitutions;
    }
}
