package lib.results;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The short name of a text: the same for the same text, and another for every other that is likely to be met. */
public final class TextDigest {
    private static final int DIGITS = 12;

    private TextDigest() {
    }

    /** First 12 hex digits of the SHA-256 of the text in UTF-8. */
    public static String of(String text) {
        try {
            byte[] sha = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
