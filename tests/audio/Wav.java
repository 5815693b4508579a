package tests.audio;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleUnaryOperator;

/** Writes WAV files of every form, with a sound that is known. */
record Wav(int samplesPerSecond, int bits, boolean isFloat, double seconds) {
    private static final int PCM = 1;
    private static final int FLOAT = 3;

    /** Each channel is a function from seconds to [-1, 1]. */
    Path write(Path file, DoubleUnaryOperator... channels) throws IOException {
        int frames = (int) Math.round(seconds * samplesPerSecond);
        int frameBytes = channels.length * bits / 8;
        ByteBuffer wav = ByteBuffer.allocate(44 + frames * frameBytes).order(ByteOrder.LITTLE_ENDIAN);
        wav.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(36 + frames * frameBytes);
        wav.put("WAVEfmt ".getBytes(StandardCharsets.US_ASCII)).putInt(16);
        wav.putShort((short) (isFloat ? FLOAT : PCM)).putShort((short) channels.length).putInt(samplesPerSecond);
        wav.putInt(samplesPerSecond * frameBytes).putShort((short) frameBytes).putShort((short) bits);
        wav.put("data".getBytes(StandardCharsets.US_ASCII)).putInt(frames * frameBytes);
        for (int i = 0; i < frames; i++) {
            for (DoubleUnaryOperator channel : channels) {
                sample(wav, channel.applyAsDouble((double) i / samplesPerSecond));
            }
        }
        return Files.write(file, wav.array());
    }

    private void sample(ByteBuffer wav, double value) {
        switch (bits) {
            case 8 -> wav.put((byte) Math.round(128 + value * 127));
            case 16 -> wav.putShort((short) Math.round(value * 32767));
            case 24 -> {
                int sample = (int) Math.round(value * 8388607);
                wav.put((byte) sample).put((byte) (sample >> 8)).put((byte) (sample >> 16));
            }
            case 32 -> {
                if (isFloat) {
                    wav.putFloat((float) value);
                } else {
                    wav.putInt((int) Math.round(value * Integer.MAX_VALUE));
                }
            }
            default -> throw new IllegalArgumentException(bits + " bits");
        }
    }

    static DoubleUnaryOperator tone(double hertz, double amplitude) {
        return seconds -> amplitude * Math.sin(2 * Math.PI * hertz * seconds);
    }

    static DoubleUnaryOperator silence() {
        return seconds -> 0;
    }

    /** The amplitude of one frequency in 16 kHz audio (Goertzel's algorithm as a plain sum), the edges left out. */
    static double amplitude(float[] samples, double hertz) {
        int edge = samples.length / 10;
        double re = 0;
        double im = 0;
        for (int i = edge; i < samples.length - edge; i++) {
            double angle = 2 * Math.PI * hertz * i / 16_000;
            re += samples[i] * Math.cos(angle);
            im += samples[i] * Math.sin(angle);
        }
        return 2 * Math.hypot(re, im) / (samples.length - 2 * edge);
    }
}
