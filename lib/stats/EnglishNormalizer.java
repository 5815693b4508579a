package lib.stats;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import lib.results.Json;

/**
 * Whisper's text normalisation for English, so that word error rates can be compared with published ones: contractions
 * spelt out, numbers as digits, American spelling, no punctuation, no brackets. Source of the rules: Radford et al.,
 * "Robust Speech Recognition via Large-Scale Weak Supervision", 2022, appendix C; of the spelling table: OpenAI Whisper
 * (MIT), see {@code english_spelling.LICENSE.txt}.
 *
 * <p>Known oddities are kept, because everyone's figures have them: a curly apostrophe is punctuation, so "don’t" is
 * two words; "st" is a saint, never a street.
 */
public final class EnglishNormalizer {
    private record Rule(Pattern pattern, String replacement) {
    }

    /** Whole words. */
    private static final String CONTRACTIONS = """
            won't=will not;can't=can not;let's=let us;ain't=aint;y'all=you all;wanna=want to;kinda=kind of;
            sorta=sort of;dunno=do not know;gotta=got to;gonna=going to;i'ma=i am going to;imma=i am going to;
            woulda=would have;coulda=could have;shoulda=should have;cause=because;ma'am=madam""";
    /** Whole words; what follows is set apart, as in "mr.brown". */
    private static final String TITLES = """
            mr=mister;mrs=missus;st=saint;dr=doctor;prof=professor;capt=captain;gov=governor;ald=alderman;gen=general;
            sen=senator;rep=representative;pres=president;rev=reverend;hon=honorable;asst=assistant;assoc=associate;
            lt=lieutenant;col=colonel;jr=junior;sr=senior;esq=esquire""";
    /** Ends of words, in this order: "she's been" must be seen before "she's". */
    private static final String ENDINGS = """
            'd been=had been;'s been=has been;'d gone=had gone;'s gone=has gone;'d done=had done;'s got=has got;
            n't=not;'re=are;'s=is;'d=would;'ll=will;'t=not;'ve=have;'m=am""";

    private static final List<Rule> WORD_RULES = wordRules();
    private static final Pattern FILLERS = BasicNormalizer.pattern("\\b(hmm|mm|mhm|mmm|uh|um)\\b");
    private static final Pattern SPACED_APOSTROPHE = BasicNormalizer.pattern("\\s+'");
    private static final Pattern DIGIT_COMMA = BasicNormalizer.pattern("(\\d),(\\d)");
    private static final Pattern FULL_STOP = Pattern.compile("\\.([^0-9]|$)");
    private static final Pattern LONE_PREFIX = Pattern.compile("[.$¢€£]([^0-9])");
    private static final Pattern LONE_PERCENT = Pattern.compile("([^0-9])%");
    private static final String NUMERIC_SYMBOLS = ".%$¢€£";
    /** Letters that decomposition leaves whole. */
    private static final Map<Integer, String> LETTERS = Map.ofEntries(Map.entry((int) 'œ', "oe"),
            Map.entry((int) 'ø', "o"), Map.entry((int) 'æ', "ae"), Map.entry((int) 'ß', "ss"),
            Map.entry((int) 'đ', "d"), Map.entry((int) 'ð', "d"), Map.entry((int) 'þ', "th"),
            Map.entry((int) 'ł', "l"));
    private static final Map<String, String> AMERICAN = spelling();

    private EnglishNormalizer() {
    }

    /** Without spaces at either end. */
    public static String normalize(String text) {
        String result = BasicNormalizer.withoutBrackets(text.toLowerCase(Locale.ROOT));
        result = FILLERS.matcher(result).replaceAll("");
        result = SPACED_APOSTROPHE.matcher(result).replaceAll("'");
        for (Rule rule : WORD_RULES) {
            result = rule.pattern.matcher(result).replaceAll(rule.replacement);
        }
        result = DIGIT_COMMA.matcher(result).replaceAll("$1$2");
        result = FULL_STOP.matcher(result).replaceAll(" $1");
        result = plainLetters(result);
        result = EnglishNumbers.standardize(result);
        result = EnglishNumbers.split(result).stream().map(word -> AMERICAN.getOrDefault(word, word))
                .collect(Collectors.joining(" "));
        result = LONE_PREFIX.matcher(result).replaceAll(" $1");
        result = LONE_PERCENT.matcher(result).replaceAll("$1 ");
        return BasicNormalizer.singleSpaced(result);
    }

    /** Symbols as spaces, but for those that belong to numbers; accents dropped. */
    private static String plainLetters(String text) {
        StringBuilder result = new StringBuilder(text.length());
        Normalizer.normalize(text, Normalizer.Form.NFKD).codePoints().forEach(c -> {
            if (NUMERIC_SYMBOLS.indexOf(c) >= 0) {
                result.appendCodePoint(c);
            } else if (LETTERS.containsKey(c)) {
                result.append(LETTERS.get(c));
            } else if (Character.getType(c) == Character.NON_SPACING_MARK) {
                // an accent: nothing takes its place
            } else if (BasicNormalizer.isMarkSymbolOrPunctuation(c)) {
                result.append(' ');
            } else {
                result.appendCodePoint(c);
            }
        });
        return result.toString();
    }

    private static List<Rule> wordRules() {
        List<Rule> rules = new ArrayList<>();
        for (String[] pair : pairs(CONTRACTIONS)) {
            rules.add(new Rule(BasicNormalizer.pattern("\\b" + pair[0] + "\\b"), pair[1]));
        }
        for (String[] pair : pairs(TITLES)) {
            rules.add(new Rule(BasicNormalizer.pattern("\\b" + pair[0] + "\\b"), pair[1] + " "));
        }
        for (String[] pair : pairs(ENDINGS)) {
            rules.add(new Rule(BasicNormalizer.pattern(pair[0] + "\\b"), " " + pair[1]));
        }
        return rules;
    }

    private static List<String[]> pairs(String table) {
        return Pattern.compile(";\\s*").splitAsStream(table.strip()).map(pair -> pair.split("=")).toList();
    }

    private static Map<String, String> spelling() {
        try (InputStream table = EnglishNormalizer.class.getResourceAsStream("english_spelling.json")) {
            if (table == null) {
                throw new IllegalStateException("english_spelling.json is not on the class path");
            }
            return Json.MAPPER.readValue(table, new TypeReference<>() {
            });
        } catch (IOException e) {
            throw new UncheckedIOException("english_spelling.json is damaged", e);
        }
    }
}
