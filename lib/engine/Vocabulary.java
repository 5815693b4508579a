package lib.engine;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The text tokens of a model, to tell how many a text took: the decoder's work goes with them, and whisper-jni doesn't
 * tell. Longest match first, as whisper.cpp's own tokenizer does it; the decoder may have spelt a rare word otherwise.
 */
final class Vocabulary {
    private static final int HEADER_NUMBERS = 12;
    private static final int BYTES_A_NUMBER = 4;

    private final Set<String> tokens;
    private final int longest;

    private Vocabulary(Set<String> tokens) {
        this.tokens = tokens;
        this.longest = tokens.stream().mapToInt(String::length).max().orElse(1);
    }

    /** @param model a file that {@link ModelFile} accepted */
    static Vocabulary read(Path model) throws IOException {
        try (InputStream file = Files.newInputStream(model);
                DataInputStream in = new DataInputStream(new BufferedInputStream(file, 1 << 16))) {
            in.skipNBytes((long) HEADER_NUMBERS * BYTES_A_NUMBER);
            long filters = (long) number(in) * number(in);
            in.skipNBytes(filters * BYTES_A_NUMBER);
            Set<String> tokens = new HashSet<>();
            for (int left = number(in); left > 0; left--) {
                tokens.add(latin(in.readNBytes(number(in))));
            }
            return new Vocabulary(tokens);
        }
    }

    private static int number(DataInputStream in) throws IOException {
        return Integer.reverseBytes(in.readInt());
    }

    /** One character a byte: tokens are bytes, and may end in the middle of a character. */
    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    int count(String text) {
        String bytes = latin(text.getBytes(StandardCharsets.UTF_8));
        int count = 0;
        for (int at = 0; at < bytes.length(); count++) {
            int end = Math.min(bytes.length(), at + longest);
            while (end > at + 1 && !tokens.contains(bytes.substring(at, end))) {
                end--;
            }
            at = end;
        }
        return count;
    }
}
