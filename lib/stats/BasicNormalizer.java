package lib.stats;

import java.text.Normalizer;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;

/**
 * Whisper's text normalisation for any language but English: lower case, no brackets, symbols and punctuation as
 * spaces. Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022, appendix C.
 */
public final class BasicNormalizer {
    private static final Pattern BRACKETS = pattern("[<\\[][^>\\]]*[>\\]]");
    private static final Pattern PARENTHESES = pattern("\\(([^)]+?)\\)");
    private static final Pattern SPACES = pattern("\\s+");

    private BasicNormalizer() {
    }

    /** Without spaces at either end. */
    public static String normalize(String text) {
        String bare = withoutBrackets(text.toLowerCase(Locale.ROOT));
        String composed = Normalizer.normalize(bare, Normalizer.Form.NFKC);
        return singleSpaced(replaced(composed, BasicNormalizer::isMarkSymbolOrPunctuation, " ").toLowerCase(
                Locale.ROOT));
    }

    static Pattern pattern(String regex) {
        // word boundaries, spaces and digits of all scripts, which is what the published rules mean by them
        return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
    }

    static String withoutBrackets(String text) {
        return PARENTHESES.matcher(BRACKETS.matcher(text).replaceAll("")).replaceAll("");
    }

    static String singleSpaced(String text) {
        return SPACES.matcher(text).replaceAll(" ").strip();
    }

    static String replaced(String text, IntPredicate which, String by) {
        StringBuilder result = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (which.test(c)) {
                result.append(by);
            } else {
                result.appendCodePoint(c);
            }
        });
        return result.toString();
    }

    static boolean isMarkSymbolOrPunctuation(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK,
                    Character.MATH_SYMBOL, Character.CURRENCY_SYMBOL, Character.MODIFIER_SYMBOL, Character.OTHER_SYMBOL,
                    Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }
}
