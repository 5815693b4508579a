package lib.host;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The last few kilobytes of a stream. */
final class Tail {
    private static final int BYTES = 8192;

    private byte[] bytes = new byte[0];

    synchronized void add(byte[] chunk, int length) {
        byte[] all = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(chunk, 0, all, bytes.length, length);
        bytes = all.length <= BYTES ? all : Arrays.copyOfRange(all, all.length - BYTES, all.length);
    }

    synchronized String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
