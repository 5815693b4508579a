package lib.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Bytes from one thread to another. Not java.io's piped streams: those break when a thread that once wrote has ended,
 * and deliver up to a second late. A reader that does not read holds the writer back after some chunks.
 */
final class Pipe {
    private static final int CHUNKS = 256;
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(CHUNKS);
    private volatile boolean readerGone;

    /** Writing fails once {@link #breakOff} was called, as on a process that has ended. */
    OutputStream sink() {
        return new OutputStream() {
            private boolean closed;

            @Override
            public void write(int value) throws IOException {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (closed) {
                    throw new IOException("closed");
                }
                if (length > 0) {
                    put(Arrays.copyOfRange(bytes, offset, offset + length));
                }
            }

            @Override
            public void close() throws IOException {
                if (!closed) {
                    closed = true;
                    if (!readerGone) {
                        put(END);
                    }
                }
            }
        };
    }

    InputStream source() {
        return new InputStream() {
            private byte[] chunk = END;
            private int next;
            private boolean ended;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (next == chunk.length) {
                    chunk = ended ? END : take();
                    next = 0;
                    ended = chunk.length == 0;
                }
                if (ended) {
                    return -1;
                }
                int count = Math.min(length, chunk.length - next);
                System.arraycopy(chunk, next, bytes, offset, count);
                next += count;
                return count;
            }

            @Override
            public int available() {
                return chunk.length - next;
            }

            @Override
            public void close() {
                breakOff();
            }
        };
    }

    /** Nobody will read any more: writers get an error, and a reader that still waits gets the end. */
    void breakOff() {
        readerGone = true;
        chunks.clear();
        chunks.offer(END);
    }

    private void put(byte[] chunk) throws IOException {
        try {
            do {
                if (readerGone) {
                    throw new IOException("the other end is closed");
                }
            } while (!chunks.offer(chunk, 200, TimeUnit.MILLISECONDS));
        } catch (InterruptedException stop) {
            throw interrupted();
        }
    }

    private byte[] take() throws IOException {
        try {
            return chunks.take();
        } catch (InterruptedException stop) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }
}
