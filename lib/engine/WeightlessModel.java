package lib.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import lib.cli.Home;
import lib.cli.UserError;
import lib.engine.ModelFile.Size;
import lib.engine.ModelFile.Tensor;
import lib.engine.ModelFile.Type;

/**
 * Makes models that have the shape of a real one and nothing learnt, to time a size whose weights can't be had. Every
 * tensor is there in its real size and nearly all zeros, so that whisper.cpp reads and computes as much as with the
 * real one: a matrix of zeros takes as long as another. A file that ends before its tensors would not do: whisper.cpp
 * 1.7.1 takes it for a test of its own and ends each window after one token, and its memory is never touched.
 *
 * <p>The few values that are not zero keep decoding in measure: about {@value #TOKENS_A_WINDOW} tokens in 30 s of
 * sound, and in proportion fewer when a window is only partly filled. The first convolution tells sound from padding,
 * cross-attention takes the share of the window that has sound, and the position embeddings are a ramp: the model says
 * {@link #WORD} until the ramp has passed that share, then it ends.
 *
 * <p>Holds, for a clip of one window: the encoder's time, the decoder's for that many tokens, resident memory. Against
 * the real base-q5_1 with one thread, CPU time was 1.03 (95 %: 1.01 to 1.08, 10 pairs) on jfk, for which it decodes 40
 * tokens instead of 26, and 0.98 (0.91 to 1.05, 8 pairs) on lj-8s; peak memory 313 MB both.
 *
 * <p>Does not hold: any text, and so any word error rate; the number of tokens of one certain clip; the time of clips
 * of more than one window, of which only the time per window is right. A real model goes on from its last timestamp, so
 * needs more windows than length / 30 s, and whisper.cpp has it read up to 224 tokens of the text before: on mixed-90s
 * real base-q5_1 took 16.3 s of CPU time, 13.6 s without that text, and this one 10.4 s for its three windows.
 */
public final class WeightlessModel {
    /**
     * The only word it ever says. As its first token it marks the file, which stays marked under any name; no real
     * vocabulary begins with it (theirs with {@code !}).
     */
    public static final String WORD = " [no-weights]";
    /** Base-q5_1 decodes 931 tokens in 291 s of this repository's clips, 96 in 30 s; not all of a clip is sound. */
    static final int TOKENS_A_WINDOW = 110;
    /** Where the multilingual vocabularies have it; whisper.cpp asks for it by name and ends the process without. */
    private static final int BLANK = 220;
    private static final int END_OF_TEXT = 50_257;
    private static final int MULTILINGUAL_VOCABULARY = 51_865;
    /** Start of transcript, language, task. */
    private static final int PROMPT_TOKENS = 3;
    private static final int KERNEL = 3;
    /** Embeddings say {@link #WORD} in their first 32 values, the block of quantised ones, and "end" in the next 32. */
    private static final int DIRECTION = 32;
    /** Cross-attention gives 1/32 of a frame's value, about 1: the size of the embeddings that it is weighed with. */
    private static final int SHARE_HALVINGS = 5;
    /**
     * Keeps the logits near 20: enough against the 1,500 timestamps at 0 that whisper.cpp weighs together, and little
     * enough that no exponential falls into the denormal numbers, which are slow to compute with.
     */
    private static final float LOGIT_SCALE = 0.25f;
    /** Of the names of such models. */
    public static final String SUFFIX = "-weightless";

    private final Size size;
    private final Type type;
    private final int mels;
    private final int vocabulary;
    private final Map<String, Tensor> tensors;

    private WeightlessModel(Size size, Type type) {
        this.size = size;
        this.type = type;
        // large-v3 has more mel bands and one more language; the older large ones are hardly used any more.
        this.mels = size == Size.LARGE ? 128 : 80;
        this.vocabulary = size == Size.LARGE ? ModelFile.LARGEST_VOCABULARY : MULTILINGUAL_VOCABULARY;
        this.tensors = Tensor.all(size.width, size.layers, size.layers, mels, vocabulary, type);
    }

    /** The sizes that have a name here; each may be followed by a quantisation: {@code small-q5_1}. */
    public static List<String> sizes() {
        return Arrays.stream(Size.values()).map(WeightlessModel::label).toList();
    }

    /**
     * Writes the stand-in of a model into the cache. The file has the real one's length but is mostly a hole, which
     * takes next to no room on file systems that have holes.
     *
     * @param name as of the real model, {@code small} (f16), {@code small-q5_1}, {@code large-v3-q5_0}
     * @return the file, named {@code ggml-small-q5_1-weightless.bin}
     * @throws UserError when there is no such model or the cache can't be written
     */
    public static Path create(Home home, String name) {
        WeightlessModel model = parse(name);
        Path target = home.cache().resolve("models").resolve("ggml-" + name + SUFFIX + ".bin");
        try {
            Files.createDirectories(target.getParent());
            Path part = Files.createTempFile(target.getParent(), target.getFileName() + ".", ".part");
            try {
                model.write(part);
                // Always anew, in one step: it takes no time, and a file of an older version can't be met.
                return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new UserError("Can't write " + target + " (" + e.getMessage()
                    + "); make room or set PERF_CACHE to another folder", e);
        }
    }

    private static WeightlessModel parse(String name) {
        for (Size size : Size.values()) {
            if (name.equals(label(size))) {
                return new WeightlessModel(size, Type.F16);
            }
            for (Type type : Type.values()) {
                if (type != Type.F32 && name.equals(label(size) + "-" + type.label())) {
                    return new WeightlessModel(size, type);
                }
            }
        }
        throw new UserError("There is no model " + name + " to make without weights: give one of "
                + String.join(", ", sizes()) + ", alone (f16) or with a quantisation such as small-q5_1");
    }

    private static String label(Size size) {
        return size == Size.LARGE ? "large-v3" : size.name().toLowerCase(Locale.ROOT);
    }

    private void write(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(head());
            for (Tensor tensor : tensors.values()) {
                channel.write(tensorHead(tensor));
                long data = channel.position();
                writeValues(channel, tensor, data);
                channel.position(data + tensor.dataBytes());
            }
            // The last tensor ends in a hole: a byte where the file must end gives it its length.
            channel.write(ByteBuffer.allocate(1), channel.position() - 1);
        }
    }

    /** Header, mel filters and vocabulary, as {@link ModelFile} describes them. */
    private ByteBuffer head() {
        ByteBuffer head = littleEndian(1 << 21);
        int heads = size.width / ModelFile.HEAD_WIDTH;
        int quantisationVersion = type.blockValues > 1 ? 2 * ModelFile.QUANTISATION_VERSION_FACTOR : 0;
        for (int field : new int[] {ModelFile.MAGIC, vocabulary, ModelFile.AUDIO_CONTEXT, size.width, heads,
                size.layers, ModelFile.TEXT_CONTEXT, size.width, heads, size.layers, mels,
                quantisationVersion + type.fileType, mels, ModelFile.FFT_BINS}) {
            head.putInt(field);
        }
        // Not the mel scale but bands of equal width: all that is needed is that sound differs from padding.
        for (int band = 0; band < mels; band++) {
            for (int bin = 0; bin < ModelFile.FFT_BINS; bin++) {
                head.putFloat(bin * mels / ModelFile.FFT_BINS == band ? 1 : 0);
            }
        }
        head.putInt(END_OF_TEXT);
        for (int token = 0; token < END_OF_TEXT; token++) {
            byte[] word = (token == 0 ? WORD : token == BLANK ? " " : " w" + token).getBytes(StandardCharsets.UTF_8);
            head.putInt(word.length).put(word);
        }
        return head.flip();
    }

    private static ByteBuffer tensorHead(Tensor tensor) {
        byte[] name = tensor.name().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer head = littleEndian(4 * (3 + tensor.dimensions().length) + name.length);
        head.putInt(tensor.dimensions().length).putInt(name.length).putInt(tensor.type().tensorType);
        for (int dimension : tensor.dimensions()) {
            head.putInt(dimension);
        }
        return head.put(name).flip();
    }

    /** The few values that are not zero. */
    private void writeValues(FileChannel channel, Tensor tensor, long data) throws IOException {
        switch (tensor.name()) {
            // Lower bands less upper bands: 0 for padding, where all are equal, and above 0 for most sounds.
            case "encoder.conv1.weight" -> {
                int values = KERNEL * mels / 2;
                write(channel, tensor, data, 0, halves(values, half(1, 0)));
                write(channel, tensor, data, values, halves(values, half(-1, 0)));
            }
            case "encoder.conv2.weight" -> write(channel, tensor, data, 0, halves(KERNEL, half(1, 0)));
            // Normalised, a frame with sound is the square root of the width in its first value, however loud it is.
            case "encoder.ln_post.weight" -> write(channel, tensor, data, 0, floats(size.width, 1));
            case "decoder.blocks.0.cross_attn.value.weight" ->
                write(channel, tensor, data, 0, encoded(tensor.type(), DIRECTION, SHARE_HALVINGS));
            case "decoder.blocks.0.cross_attn.out.weight" -> {
                for (int row = 0; row < DIRECTION; row++) {
                    write(channel, tensor, data, row * size.width, encoded(tensor.type(), DIRECTION, 0));
                }
            }
            case "decoder.positional_embedding" -> {
                for (int position = PROMPT_TOKENS - 1; position < ModelFile.TEXT_CONTEXT; position++) {
                    write(channel, tensor, data, position * size.width + DIRECTION, floats(DIRECTION, ramp(position)));
                }
            }
            case "decoder.ln.weight" -> write(channel, tensor, data, 0, floats(size.width, LOGIT_SCALE));
            case "decoder.token_embedding.weight" -> {
                write(channel, tensor, data, 0, encoded(type, DIRECTION, 0));
                write(channel, tensor, data, END_OF_TEXT * size.width + DIRECTION, encoded(type, DIRECTION, 0));
            }
            default -> {
                // zeros
            }
        }
    }

    /** Passes what cross-attention gives after as many tokens as the sound in the window is worth. */
    private float ramp(int position) {
        int tokens = position - (PROMPT_TOKENS - 1);
        double fullWindow = Math.scalb(Math.sqrt(size.width), -SHARE_HALVINGS);
        // From the second token on the word itself, which was the last token, speaks for one more of it.
        return (float) ((tokens == 0 ? 0 : 1) + fullWindow * (tokens + 0.5) / TOKENS_A_WINDOW);
    }

    /** @param index of the first value in the tensor; in quantised ones the first of a block */
    private static void write(FileChannel channel, Tensor tensor, long data, int index, ByteBuffer values)
            throws IOException {
        channel.write(values, data + (long) index / tensor.type().blockValues * tensor.type().blockBytes);
    }

    /** The same value, 1 / 2<sup>halvings</sup>, again and again. */
    private static ByteBuffer encoded(Type type, int values, int halvings) {
        ByteBuffer buffer = littleEndian(values / type.blockValues * type.blockBytes);
        while (buffer.hasRemaining()) {
            int end = buffer.position() + type.blockBytes;
            switch (type) {
                case F16 -> buffer.putShort(half(1, halvings));
                // value = scale * number + least, with all numbers 0
                case Q4_1, Q5_1 -> buffer.putShort((short) 0).putShort(half(1, halvings));
                // value = scale * (number - 8), (number - 16)
                case Q4_0 -> buffer.putShort(half(-1, halvings + 3));
                case Q5_0 -> buffer.putShort(half(-1, halvings + 4));
                // value = scale * number
                case Q8_0 -> {
                    buffer.putShort(half(1, halvings));
                    Arrays.fill(buffer.array(), buffer.position(), end, (byte) 1);
                }
                default -> throw new IllegalStateException("no model has weights of type " + type);
            }
            buffer.position(end);
        }
        return buffer.flip();
    }

    /** A power of two as a 16-bit float. */
    private static short half(int sign, int halvings) {
        int one = 0x3c00;
        int halving = 0x0400;
        return (short) ((sign < 0 ? 0x8000 : 0) | one - halvings * halving);
    }

    private static ByteBuffer halves(int count, short value) {
        ByteBuffer buffer = littleEndian(Short.BYTES * count);
        while (buffer.hasRemaining()) {
            buffer.putShort(value);
        }
        return buffer.flip();
    }

    private static ByteBuffer floats(int count, float value) {
        ByteBuffer buffer = littleEndian(4 * count);
        while (buffer.hasRemaining()) {
            buffer.putFloat(value);
        }
        return buffer.flip();
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
