package lib.audio;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import lib.cli.UserError;

/**
 * The one audio form inside this product: 16 kHz, mono, 16-bit little-endian, one header of 44 bytes. Strict on
 * purpose: a worker must not guess. It does not use {@code javax.sound}, because asking that for a reader starts the
 * decoding library's native code, and this class runs in the process whose time is measured.
 */
public final class Wav16k {
    public static final int SAMPLES_PER_SECOND = 16_000;
    static final int HEADER_BYTES = 44;
    static final int BYTES_PER_SAMPLE = 2;
    private static final float FULL_SCALE = 32_768f;
    /** Read in pieces: an hour at once would add half to the memory of the worker, whose memory is measured. */
    private static final int SAMPLES_AT_ONCE = 1 << 16;

    private Wav16k() {
    }

    /**
     * @return samples in [-1, 1)
     * @throws UserError when the file is missing or in any other form
     */
    public static float[] read(Path wav) {
        try (FileChannel channel = FileChannel.open(wav)) {
            int count = samples(channel, wav);
            float[] samples = new float[count];
            ByteBuffer piece = ByteBuffer.allocate(SAMPLES_AT_ONCE * BYTES_PER_SAMPLE).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < count;) {
                piece.clear().limit(Math.min(SAMPLES_AT_ONCE, count - i) * BYTES_PER_SAMPLE);
                readFully(channel, piece, HEADER_BYTES + (long) i * BYTES_PER_SAMPLE);
                while (piece.hasRemaining()) {
                    samples[i++] = piece.getShort() / FULL_SCALE;
                }
            }
            return samples;
        } catch (NoSuchFileException e) {
            throw new UserError("There is no audio file " + wav + "; check the path", e);
        } catch (IOException e) {
            throw new UserError("Can't read " + wav + " (" + e.getMessage() + "); check its permissions", e);
        }
    }

    /** Its length without reading the samples; the same demands on the file. */
    static double seconds(Path wav) throws IOException {
        try (FileChannel channel = FileChannel.open(wav)) {
            return samples(channel, wav) / (double) SAMPLES_PER_SECOND;
        }
    }

    /** The size of a file of this length. */
    static long bytes(double seconds) {
        return HEADER_BYTES + Math.round(seconds * SAMPLES_PER_SECOND) * BYTES_PER_SAMPLE;
    }

    static ByteBuffer header(long samples) {
        long dataBytes = samples * BYTES_PER_SAMPLE;
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt((int) (HEADER_BYTES - 8 + dataBytes));
        header.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16).putShort((short) 1).putShort((short) 1);
        header.putInt(SAMPLES_PER_SECOND).putInt(SAMPLES_PER_SECOND * BYTES_PER_SAMPLE);
        header.putShort((short) BYTES_PER_SAMPLE).putShort((short) (8 * BYTES_PER_SAMPLE));
        return header.put("data".getBytes(StandardCharsets.US_ASCII)).putInt((int) dataBytes).flip();
    }

    private static int samples(FileChannel channel, Path wav) throws IOException {
        long dataBytes = channel.size() - HEADER_BYTES;
        if (dataBytes >= 0 && dataBytes % BYTES_PER_SAMPLE == 0 && dataBytes <= Integer.MAX_VALUE - HEADER_BYTES) {
            ByteBuffer found = ByteBuffer.allocate(HEADER_BYTES);
            readFully(channel, found, 0);
            // a well-formed file of this form and length has exactly one possible header
            if (Arrays.equals(found.array(), header(dataBytes / BYTES_PER_SAMPLE).array())) {
                return (int) (dataBytes / BYTES_PER_SAMPLE);
            }
        }
        throw new UserError(wav + " is not a 16 kHz mono 16-bit WAV as perf writes it; give it to a command as --clip,"
                + " which converts it");
    }

    private static void readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, from + into.position()) < 0) {
                throw new EOFException("it became shorter while it was read");
            }
        }
        into.flip();
    }
}
