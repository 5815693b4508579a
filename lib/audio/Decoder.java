package lib.audio;

import com.tagtraum.ffsampledsp.FFAudioFileReader;
import com.tagtraum.ffsampledsp.FFFormatConversionProvider;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.UnsupportedAudioFileException;

/**
 * The program of the decoding process: {@code OUTPUT.wav GAP-SAMPLES INPUT…} decodes the inputs with FFmpeg, mixes
 * their channels to one, resamples to 16 kHz and joins them with silence in between. A process of its own, because
 * FFmpeg is native code that reads files from anywhere: a crash must cost this one file and not the run.
 *
 * <p>Its last line on stderr says what is wrong with an input; exit code 2 then.
 */
public final class Decoder {
    static final int BAD_INPUT = 2;
    private static final AudioFormat TARGET = new AudioFormat(AudioFormat.Encoding.PCM_SIGNED,
            Wav16k.SAMPLES_PER_SECOND, 16, 1, Wav16k.BYTES_PER_SAMPLE, Wav16k.SAMPLES_PER_SECOND, false);
    /** How much shorter than its own header says a FLAC may be; one lost frame is a quarter of a second. */
    private static final double FLAC_SHORTFALL_SECONDS = 0.1;
    private static final double MICROS = 1e6;

    private Decoder() {
    }

    public static void main(String[] args) throws IOException {
        List<String> inputs = Arrays.asList(args).subList(2, args.length);
        ByteBuffer gap = ByteBuffer.allocate(Integer.parseInt(args[1]) * Wav16k.BYTES_PER_SAMPLE);
        try (FileChannel out = FileChannel.open(Path.of(args[0]), StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            out.position(Wav16k.HEADER_BYTES);
            for (int i = 0; i < inputs.size(); i++) {
                if (i > 0) {
                    out.write(gap.rewind());
                }
                decode(new File(inputs.get(i)), out);
            }
            out.write(Wav16k.header((out.position() - Wav16k.HEADER_BYTES) / Wav16k.BYTES_PER_SAMPLE), 0);
        } catch (UnsupportedAudioFileException e) {
            System.err.println(e.getMessage());
            System.exit(BAD_INPUT);
        }
    }

    private static void decode(File input, FileChannel out) throws IOException, UnsupportedAudioFileException {
        // the library's own classes, not AudioSystem: that would let the JDK's reader take WAV, with other rules
        FFAudioFileReader reader = new FFAudioFileReader();
        AudioFileFormat format = reader.getAudioFileFormat(input);
        long start = out.position();
        try (AudioInputStream encoded = reader.getAudioInputStream(input);
                AudioInputStream decoded = new FFFormatConversionProvider().getAudioInputStream(TARGET, encoded)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = decoded.read(buffer); n >= 0; n = decoded.read(buffer)) {
                for (ByteBuffer piece = ByteBuffer.wrap(buffer, 0, n); piece.hasRemaining();) {
                    out.write(piece);
                }
            }
        }
        double seconds = (out.position() - start) / (double) Wav16k.BYTES_PER_SAMPLE / Wav16k.SAMPLES_PER_SECOND;
        // FFmpeg skips what it can't decode. Only FLAC says reliably how long it is; a cut MP3 is a shorter MP3
        if (format.getType().toString().equals("FLAC")
                && format.getProperty("duration") instanceof Number micros
                && seconds < micros.longValue() / MICROS - FLAC_SHORTFALL_SECONDS) {
            throw new UnsupportedAudioFileException(String.format("only %.1f of %.1f seconds could be decoded",
                    seconds, micros.longValue() / MICROS));
        }
    }
}
