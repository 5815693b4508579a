package lib.stats;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Spelled-out numbers as digits, by the rules of Whisper's English normalisation (see {@link EnglishNormalizer}):
 * "fourteen fifty five" is 1455, "twenty first" 21st, "two and a half million" 2500000, "ten dollars" $10. A transcript
 * may write either form; without this, half of the number words would count as errors.
 *
 * <p>One reader for one text: the number read so far is either a value that can still grow ("two hundred" "five") or,
 * once numbers were read one after the other, a string of digits ("nineteen" "eighty").
 */
final class EnglishNumbers {
    private enum Kind {
        ZERO, ONES, TENS, MULTIPLIER, SIGN, CURRENCY, PER, PERCENT, AND, POINT, REPEAT
    }

    /**
     * @param amount of a number word, or how many times a REPEAT does
     * @param mark what a suffixed number ends in ("th"), or the symbol of a sign or a currency
     */
    private record Word(Kind kind, BigInteger amount, String mark) {
    }

    private static final String[] ONES = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight",
            "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
            "nineteen"};
    private static final String[] TENS = {"twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
    private static final String[] THOUSANDS = {"thousand", "million", "billion", "trillion", "quadrillion",
            "quintillion", "sextillion", "septillion", "octillion", "nonillion", "decillion"};
    private static final BigInteger TEN = BigInteger.TEN;
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);
    private static final BigInteger THOUSAND = BigInteger.valueOf(1000);
    private static final Map<String, Word> WORDS = words();
    private static final String SIGNS_AND_CURRENCIES = "-+£€$¢";
    private static final Pattern NUMBER = BasicNormalizer.pattern("\\d+(\\.\\d+)?");
    private static final Pattern AND_A_HALF = BasicNormalizer.pattern("\\band\\s+a\\s+half\\b");
    private static final Pattern LETTER_DIGIT = Pattern.compile("([a-z])([0-9])");
    private static final Pattern DIGIT_LETTER = Pattern.compile("([0-9])([a-z])");
    private static final Pattern SPACED_SUFFIX = BasicNormalizer.pattern("([0-9])\\s+(st|nd|rd|th|s)\\b");
    private static final Pattern UNITS_AND_CENTS = BasicNormalizer.pattern("([€£$])([0-9]+) (?:and )?¢([0-9]{1,2})\\b");
    // the dot stands for any character in the published rules too
    private static final Pattern ONLY_CENTS = BasicNormalizer.pattern("[€£$]0.([0-9]{1,2})\\b");
    private static final Pattern ONE = BasicNormalizer.pattern("\\b1(s?)\\b");

    private final List<String> out = new ArrayList<>();
    private BigInteger value;
    private String digits;
    private String prefix = "";

    private EnglishNumbers() {
    }

    /** @param text in lower case, words apart by spaces */
    static String standardize(String text) {
        String prepared = halves(text);
        prepared = LETTER_DIGIT.matcher(prepared).replaceAll("$1 $2");
        prepared = DIGIT_LETTER.matcher(prepared).replaceAll("$1 $2");
        prepared = SPACED_SUFFIX.matcher(prepared).replaceAll("$1$2");
        String joined = String.join(" ", new EnglishNumbers().read(split(prepared)));
        joined = UNITS_AND_CENTS.matcher(joined).replaceAll(
                match -> "\\" + match.group(1) + match.group(2) + "." + (match.group(3).length() == 1 ? "0" : "")
                        + match.group(3));
        joined = ONLY_CENTS.matcher(joined).replaceAll(match -> "¢" + Integer.parseInt(match.group(1)));
        return ONE.matcher(joined).replaceAll("one$1");
    }

    /** "two and a half" is "two point five"; "a day and a half" stays. */
    private static String halves(String text) {
        String[] segments = AND_A_HALF.split(text, -1);
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].isBlank()) {
                continue;
            }
            parts.add(segments[i]);
            if (i < segments.length - 1) {
                List<String> before = split(segments[i]);
                parts.add(isCountable(before.get(before.size() - 1)) ? "point five" : "and a half");
            }
        }
        return String.join(" ", parts);
    }

    private static boolean isCountable(String word) {
        return is(word, Kind.ZERO) || is(word, Kind.ONES) || is(word, Kind.TENS) || is(word, Kind.MULTIPLIER);
    }

    /** A plain number word; "first" and "twenties" end a number and are not. */
    private static boolean is(String word, Kind kind) {
        Word known = word == null ? null : WORDS.get(word);
        return known != null && known.kind == kind && (known.mark.isEmpty() || known.amount == null);
    }

    private List<String> read(List<String> words) {
        for (int i = 0; i < words.size(); i++) {
            String current = words.get(i);
            String previous = i == 0 ? null : words.get(i - 1);
            String next = i + 1 == words.size() ? null : words.get(i + 1);
            boolean hasPrefix = SIGNS_AND_CURRENCIES.indexOf(current.charAt(0)) >= 0;
            String bare = hasPrefix ? current.substring(1) : current;
            Word word = WORDS.get(current);
            if (NUMBER.matcher(bare).matches()) {
                arabic(current, bare, hasPrefix);
            } else if (word == null) {
                flush();
                emit(current);
            } else if (word.amount != null && word.kind != Kind.REPEAT) {
                number(word, previous);
            } else if (other(word, current, previous, next)) {
                i++; // the next word was used up
            }
        }
        flush();
        return out;
    }

    private void arabic(String current, String bare, boolean hasPrefix) {
        if (digits != null && digits.endsWith(".")) {
            digits += current; // decimals, or the parts of an address
            return;
        }
        flush();
        prefix = hasPrefix ? current.substring(0, 1) : prefix;
        BigDecimal amount = new BigDecimal(bare);
        if (isWhole(amount)) {
            value = amount.toBigInteger();
        } else {
            digits = bare;
        }
    }

    private void number(Word word, String previous) {
        switch (word.kind) {
            case ZERO -> append("0");
            case ONES -> addOnes(word.amount, previous);
            case TENS -> addTens(word.amount);
            case MULTIPLIER -> multiply(word.amount);
            default -> throw new IllegalStateException("no number word: " + word);
        }
        if (!word.mark.isEmpty()) {
            emit(read() + word.mark); // an ordinal or a plural ends its number
        }
    }

    private void addOnes(BigInteger ones, String previous) {
        boolean single = ones.compareTo(TEN) < 0;
        if (!pending()) {
            value = ones;
        } else if (digits != null || is(previous, Kind.ONES)) {
            if (is(previous, Kind.TENS) && single) {
                digits = digits.substring(0, digits.length() - 1) + ones; // nineteen eighty four: 1980, then 1984
            } else {
                append(ones.toString());
            }
        } else {
            addWhereZeros(ones, single ? TEN : HUNDRED);
        }
    }

    private void addTens(BigInteger tens) {
        if (!pending()) {
            value = tens;
        } else if (digits != null) {
            append(tens.toString());
        } else {
            addWhereZeros(tens, HUNDRED);
        }
    }

    /** Two hundred + five is 205; two hundred five + six is 2056, numbers read one after the other. */
    private void addWhereZeros(BigInteger amount, BigInteger zeros) {
        if (value.mod(zeros).signum() == 0) {
            value = value.add(amount);
        } else {
            append(amount.toString());
        }
    }

    private void multiply(BigInteger multiplier) {
        if (!pending()) {
            value = multiplier;
        } else if (digits != null) {
            BigDecimal product = decimal(digits) == null ? null : decimal(digits).multiply(new BigDecimal(multiplier));
            if (product != null && isWhole(product)) {
                value = product.toBigInteger();
                digits = null;
            } else {
                flush();
                value = multiplier;
            }
        } else {
            BigInteger[] thousands = value.divideAndRemainder(THOUSAND);
            value = thousands[0].multiply(THOUSAND).add(thousands[1].multiply(multiplier));
        }
    }

    /** Signs, currencies and the small words between numbers; true when the next word was used up as well. */
    private boolean other(Word word, String current, String previous, String next) {
        boolean numberFollows = next != null && (WORDS.containsKey(next) || NUMBER.matcher(next).matches());
        switch (word.kind) {
            case SIGN -> {
                flush();
                if (numberFollows) {
                    prefix = word.mark;
                } else {
                    emit(current);
                }
            }
            case CURRENCY -> {
                if (pending()) {
                    prefix = word.mark;
                    flush();
                } else {
                    emit(current);
                }
            }
            case PERCENT -> emit(pending() ? read() + "%" : current);
            case PER -> {
                if (pending() && "cent".equals(next)) {
                    emit(read() + "%");
                    return true;
                }
                flush();
                emit(current);
            }
            case AND -> {
                if (!numberFollows || !is(previous, Kind.MULTIPLIER)) {
                    flush();
                    emit(current);
                } // else one hundred and five: the "and" is part of the number
            }
            case POINT -> {
                if (!numberFollows) {
                    flush();
                    emit(current);
                } else if (is(next, Kind.ZERO) || is(next, Kind.ONES) || is(next, Kind.TENS)
                        || NUMBER.matcher(next).matches()) {
                    append(".");
                }
            }
            case REPEAT -> {
                if (is(next, Kind.ONES) || is(next, Kind.ZERO)) {
                    append(WORDS.get(next).amount.toString().repeat(word.amount.intValue()));
                    return true;
                }
                flush();
                emit(current);
            }
            default -> throw new IllegalStateException("a number word: " + word);
        }
        return false;
    }

    private boolean pending() {
        return value != null || digits != null;
    }

    private String read() {
        return digits != null ? digits : value.toString();
    }

    private void append(String more) {
        boolean nothing = !pending() || value != null && value.signum() == 0;
        digits = (nothing ? "" : read()) + more;
        value = null;
    }

    private void flush() {
        if (pending()) {
            emit(read());
        }
    }

    private void emit(String word) {
        out.add(prefix + word);
        value = null;
        digits = null;
        prefix = "";
    }

    private static BigDecimal decimal(String digits) {
        try {
            return new BigDecimal(digits);
        } catch (NumberFormatException e) {
            return null; // several points, as in an address
        }
    }

    private static boolean isWhole(BigDecimal amount) {
        return amount.stripTrailingZeros().scale() <= 0;
    }

    static List<String> split(String text) {
        return text.isBlank() ? List.of() : List.of(BasicNormalizer.singleSpaced(text).split(" "));
    }

    private static Map<String, Word> words() {
        Map<String, Word> words = new HashMap<>();
        for (int i = 1; i < ONES.length; i++) {
            number(words, Kind.ONES, ONES[i], BigInteger.valueOf(i),
                    ONES[i] + (ONES[i].equals("six") ? "es" : "s"), ONES[i] + (ONES[i].endsWith("t") ? "h" : "th"));
        }
        for (int i = 0; i < TENS.length; i++) {
            number(words, Kind.TENS, TENS[i], BigInteger.valueOf(10L * (i + 2)), TENS[i].replace("y", "ies"),
                    TENS[i].replace("y", "ieth"));
        }
        number(words, Kind.MULTIPLIER, "hundred", HUNDRED, "hundreds", "hundredth");
        for (int i = 0; i < THOUSANDS.length; i++) {
            number(words, Kind.MULTIPLIER, THOUSANDS[i], THOUSAND.pow(i + 1), THOUSANDS[i] + "s", THOUSANDS[i] + "th");
        }
        Map.of("zeroth", 0, "first", 1, "second", 2, "third", 3, "fifth", 5, "twelfth", 12)
                .forEach((name, n) -> words.put(name, new Word(Kind.ONES, BigInteger.valueOf(n), ordinalMark(n))));
        List.of("oneth", "twoth", "threeth", "fiveth", "twelveth").forEach(words::remove);
        List.of("o", "oh", "zero").forEach(name -> words.put(name, new Word(Kind.ZERO, BigInteger.ZERO, "")));
        Map.of("minus", "-", "negative", "-", "plus", "+", "positive", "+").forEach(
                (name, sign) -> words.put(name, new Word(Kind.SIGN, null, sign)));
        Map.of("pound", "£", "euro", "€", "dollar", "$", "cent", "¢").forEach((name, symbol) -> {
            words.put(name, new Word(Kind.CURRENCY, null, symbol));
            words.put(name + "s", new Word(Kind.CURRENCY, null, symbol));
        });
        words.put("per", new Word(Kind.PER, null, ""));
        words.put("percent", new Word(Kind.PERCENT, null, ""));
        words.put("and", new Word(Kind.AND, null, ""));
        words.put("point", new Word(Kind.POINT, null, ""));
        words.put("double", new Word(Kind.REPEAT, BigInteger.TWO, ""));
        words.put("triple", new Word(Kind.REPEAT, BigInteger.valueOf(3), ""));
        return words;
    }

    private static String ordinalMark(int n) {
        return switch (n) {
            case 1 -> "st";
            case 2 -> "nd";
            case 3 -> "rd";
            default -> "th";
        };
    }

    private static void number(Map<String, Word> words, Kind kind, String name, BigInteger amount, String plural,
            String ordinal) {
        words.put(name, new Word(kind, amount, ""));
        words.put(plural, new Word(kind, amount, "s"));
        words.put(ordinal, new Word(kind, amount, "th"));
    }
}
