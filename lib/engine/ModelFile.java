package lib.engine;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import lib.cli.UserError;

/**
 * A Whisper model in whisper.cpp's ggml format that was read to its last byte and found whole. whisper.cpp itself ends
 * the process on some corrupt headers, and answers a model without tensors with empty text and no error.
 *
 * <p>Format: the loader in whisper.cpp 1.7.1 ({@code whisper_model_load}). All numbers are little-endian: magic, eleven
 * header fields, mel filters, vocabulary, then tensors up to the end of the file.
 *
 * @param name the file's name without {@code ggml-} and {@code .bin}: {@code base-q5_1}
 * @param sha256 of the whole file, lower-case hex
 * @param type {@code tiny}, {@code base}, {@code small}, {@code medium} or {@code large}, from the encoder's depth
 * @param quantisation of the weights: {@code f16}, {@code q5_1} …
 * @param multilingual false for the English-only models
 * @param weightless made by {@link WeightlessModel}, whatever its name is now, or cut where its tensors begin: never
 * gives any text
 */
public record ModelFile(Path path, String name, long bytes, String sha256, String type, String quantisation,
        boolean multilingual, int audioLayers, int textLayers, int mels, boolean weightless) {
    static final int MAGIC = 0x67676d6c;
    static final int AUDIO_CONTEXT = 1500;
    static final int TEXT_CONTEXT = 448;
    static final int FFT_BINS = 201;
    static final int HEAD_WIDTH = 64;
    private static final int ENGLISH_VOCABULARY = 51_864;
    /** large-v3 added Cantonese. */
    static final int LARGEST_VOCABULARY = 51_866;
    /** The longest token of OpenAI's vocabularies has 128 bytes. */
    private static final int LONGEST_TOKEN_BYTES = 1024;
    static final int QUANTISATION_VERSION_FACTOR = 1000;
    private static final int LOOK_BYTES = 512;

    /** The published sizes (Radford et al. 2022, table 1), by encoder layers. */
    enum Size {
        TINY(4, 384), BASE(6, 512), SMALL(12, 768), MEDIUM(24, 1024), LARGE(32, 1280);

        final int layers;
        final int width;

        Size(int layers, int width) {
            this.layers = layers;
            this.width = width;
        }
    }

    /** Tensor types by ggml's number; quantised ones store blocks of 32 values. */
    enum Type {
        F32(0, 0, 1, 4), F16(1, 1, 1, 2), Q4_0(2, 2, 32, 18), Q4_1(3, 3, 32, 20), Q5_0(8, 6, 32, 22),
        Q5_1(9, 7, 32, 24), Q8_0(7, 8, 32, 34);

        /** In the header, where it is called ftype. */
        final int fileType;
        final int tensorType;
        final int blockValues;
        final int blockBytes;

        Type(int fileType, int tensorType, int blockValues, int blockBytes) {
            this.fileType = fileType;
            this.tensorType = tensorType;
            this.blockValues = blockValues;
            this.blockBytes = blockBytes;
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A tensor that the header promises; dimensions innermost first. */
    record Tensor(String name, Type type, int... dimensions) {
        long dataBytes() {
            long values = Arrays.stream(dimensions).asLongStream().reduce(1, (a, b) -> a * b);
            return values / type.blockValues * type.blockBytes;
        }

        long bytes() {
            return 4L * (3 + dimensions.length) + name.length() + dataBytes();
        }

        /** What whisper.cpp 1.7.1 creates for a header and then wants to find in the file. */
        static Map<String, Tensor> all(int width, int audioLayers, int textLayers, int mels, int vocabulary,
                Type type) {
            Map<String, Tensor> all = new LinkedHashMap<>();
            add(all, "encoder.positional_embedding", Type.F32, width, AUDIO_CONTEXT);
            add(all, "encoder.conv1.weight", Type.F16, 3, mels, width);
            add(all, "encoder.conv1.bias", Type.F32, 1, width);
            add(all, "encoder.conv2.weight", Type.F16, 3, width, width);
            add(all, "encoder.conv2.bias", Type.F32, 1, width);
            addNorm(all, "encoder.ln_post", width);
            addNorm(all, "decoder.ln", width);
            add(all, "decoder.positional_embedding", Type.F32, width, TEXT_CONTEXT);
            add(all, "decoder.token_embedding.weight", type, width, vocabulary);
            for (int i = 0; i < audioLayers; i++) {
                addBlock(all, "encoder.blocks." + i, width, type);
            }
            for (int i = 0; i < textLayers; i++) {
                addBlock(all, "decoder.blocks." + i, width, type);
                addAttention(all, "decoder.blocks." + i + ".cross_attn", width, type);
            }
            return all;
        }

        private static void addBlock(Map<String, Tensor> all, String block, int width, Type type) {
            addAttention(all, block + ".attn", width, type);
            addNorm(all, block + ".mlp_ln", width);
            add(all, block + ".mlp.0.weight", type, width, 4 * width);
            add(all, block + ".mlp.0.bias", Type.F32, 4 * width);
            add(all, block + ".mlp.2.weight", type, 4 * width, width);
            add(all, block + ".mlp.2.bias", Type.F32, width);
        }

        private static void addAttention(Map<String, Tensor> all, String attention, int width, Type type) {
            addNorm(all, attention + "_ln", width);
            for (String part : new String[] {"query", "key", "value", "out"}) {
                add(all, attention + "." + part + ".weight", type, width, width);
                // Whisper's keys have no bias.
                if (!part.equals("key")) {
                    add(all, attention + "." + part + ".bias", Type.F32, width);
                }
            }
        }

        private static void addNorm(Map<String, Tensor> all, String norm, int width) {
            add(all, norm + ".weight", Type.F32, width);
            add(all, norm + ".bias", Type.F32, width);
        }

        private static void add(Map<String, Tensor> all, String name, Type type, int... dimensions) {
            all.put(name, new Tensor(name, type, dimensions));
        }
    }

    /**
     * Reads the whole file.
     *
     * @throws UserError when it is missing, unreadable, no ggml model, cut short, corrupt, or weightless
     */
    public static ModelFile check(Path path) {
        ModelFile model = checkAllowingWeightless(path);
        if (model.weightless) {
            throw new UserError("Model file " + path + " holds no weights: it can be timed, but it would give no text; "
                    + "use a whole model");
        }
        return model;
    }

    /** Like {@link #check}, for runs that only need the time that a model of this shape takes. */
    public static ModelFile checkAllowingWeightless(Path path) {
        if (!Files.exists(path)) {
            throw new UserError("Model file " + path + " does not exist: give the path of a ggml model, or a name such "
                    + "as base-q5_1");
        }
        if (!Files.isRegularFile(path)) {
            throw new UserError("Model " + path + " is not a file: give the path of a ggml model such as "
                    + "ggml-base-q5_1.bin");
        }
        try (InputStream file = Files.newInputStream(path)) {
            return new Walk(path, Files.size(path), file).model();
        } catch (IOException e) {
            throw new UserError("Model file " + path + " cannot be read: " + e.getMessage() + "", e);
        }
    }

    private static String count(long bytes) {
        return String.format(Locale.ROOT, "%,d", bytes);
    }

    /** One pass over one file: every byte goes through the digest, and every structure is compared with the header. */
    private static final class Walk {
        private final Path path;
        private final long bytes;
        private final MessageDigest digest;
        private final InputStream in;
        private final byte[] skipped = new byte[1 << 16];
        private long position;
        /** Size of the whole file as far as it is known yet; for the message about a file that was cut. */
        private String expected = "";

        Walk(Path path, long bytes, InputStream file) {
            this.path = path;
            this.bytes = bytes;
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
            in = new BufferedInputStream(new DigestInputStream(file, digest), 1 << 18);
        }

        ModelFile model() throws IOException {
            if (bytes == 0) {
                throw new UserError("Model file " + path + " is empty: fetch it again");
            }
            try {
                return walk();
            } catch (EOFException e) {
                throw new UserError("Model file " + path + " ends after " + count(bytes) + expected
                        + " bytes: it was cut short, fetch it again", e);
            }
        }

        private ModelFile walk() throws IOException {
            checkMagic();
            int vocabulary = field("vocabulary size", ENGLISH_VOCABULARY, LARGEST_VOCABULARY);
            field("audio context", AUDIO_CONTEXT);
            int width = number();
            int heads = number();
            int audioLayers = number();
            Size size = Arrays.stream(Size.values()).filter(known -> known.layers == audioLayers).findFirst()
                    .orElseThrow(() -> corrupt("number of encoder layers", audioLayers, "4, 6, 12, 24 or 32"));
            require("encoder width", width, size.width);
            require("number of encoder heads", heads, size.width / HEAD_WIDTH);
            field("text context", TEXT_CONTEXT);
            field("decoder width", size.width);
            field("number of decoder heads", size.width / HEAD_WIDTH);
            int textLayers = field("number of decoder layers", 1, audioLayers);
            int mels = number();
            if (mels != 80 && mels != 128) {
                throw corrupt("number of mel bands", mels, "80 or 128");
            }
            Type type = weightType(number());

            Map<String, Tensor> tensors = Tensor.all(size.width, audioLayers, textLayers, mels, vocabulary, type);
            long tensorBytes = tensors.values().stream().mapToLong(Tensor::bytes).sum();
            long filterBytes = 8L + 4L * mels * FFT_BINS;
            expected = " of more than " + count(position + filterBytes + tensorBytes);
            field("number of mel bands of the filters", mels);
            field("width of the mel filters", FFT_BINS);
            skip(4L * mels * FFT_BINS);
            boolean marked = readVocabulary(vocabulary);
            boolean cut = position == bytes;
            if (!cut) {
                expected = " of " + count(position + tensorBytes);
                readTensors(tensors);
            }
            String sha256 = HexFormat.of().formatHex(digest.digest());
            return new ModelFile(path, modelName(), bytes, sha256, size.name().toLowerCase(Locale.ROOT), type.label(),
                    vocabulary > ENGLISH_VOCABULARY, audioLayers, textLayers, mels, marked || cut);
        }

        private void checkMagic() throws IOException {
            in.mark(LOOK_BYTES);
            byte[] start = in.readNBytes(LOOK_BYTES);
            in.reset();
            int magic = start.length < 4 ? 0 : number();
            if (magic != MAGIC) {
                throw new UserError("Model file " + path + " is not a ggml model" + lookalike(start)
                        + ": use a whisper.cpp model such as ggml-base-q5_1.bin");
            }
        }

        private static String lookalike(byte[] start) {
            String text = new String(start, StandardCharsets.ISO_8859_1);
            String lower = text.stripLeading().toLowerCase(Locale.ROOT);
            if (text.startsWith("GGUF")) {
                return " but GGUF, which whisper.cpp does not read";
            }
            if (text.startsWith("version https://git-lfs")) {
                return " but a Git LFS pointer (git lfs pull fetches the file behind it)";
            }
            if (text.startsWith("PK\3\4")) {
                return " but a zip archive, perhaps a PyTorch checkpoint";
            }
            if (Stream.of("RIFF", "fLaC", "ID3", "OggS").anyMatch(text::startsWith)) {
                return " but an audio file";
            }
            if (lower.startsWith("<!doctype") || lower.startsWith("<html")) {
                return " but a web page, perhaps a failed download";
            }
            if (text.length() > 8 && text.charAt(8) == '{') {
                return " but safetensors weights";
            }
            return "";
        }

        /** whisper.cpp keeps the version of the quantisation in the thousands. */
        private Type weightType(int fileType) {
            int kind = fileType < 0 ? -1 : fileType % QUANTISATION_VERSION_FACTOR;
            if (kind == Type.F32.fileType) {
                // It loads them and aborts in the first convolution, which it has for 16 bits only.
                throw new UserError("Model file " + path + " has f32 weights, which whisper.cpp 1.7.1 loads but cannot "
                        + "run; use the f16 or a quantised model");
            }
            return Arrays.stream(Type.values()).filter(known -> known.fileType == kind).findFirst()
                    .orElseThrow(() -> corrupt("weight type", fileType,
                            "f16 (1), q4_0 (2), q4_1 (3), q8_0 (7), q5_0 (8) or q5_1 (9)"));
        }

        /** True when its first token is the mark of a model without weights. */
        private boolean readVocabulary(int vocabulary) throws IOException {
            int tokens = field("number of tokens", 1, vocabulary);
            boolean marked = false;
            for (int i = 0; i < tokens; i++) {
                long length = Integer.toUnsignedLong(number());
                if (length > LONGEST_TOKEN_BYTES) {
                    throw corrupt("length of token " + i, length, "at most " + LONGEST_TOKEN_BYTES);
                }
                if (i == 0) {
                    String first = new String(take((int) length), StandardCharsets.UTF_8);
                    marked = first.equals(WeightlessModel.WORD);
                } else {
                    skip(length);
                }
            }
            return marked;
        }

        private void readTensors(Map<String, Tensor> promised) throws IOException {
            Set<String> seen = new HashSet<>();
            while (position < bytes && seen.size() < promised.size()) {
                int dimensions = number();
                int nameLength = number();
                int typeNumber = number();
                if (dimensions < 1 || dimensions > 4) {
                    throw corrupt("number of dimensions of tensor " + (seen.size() + 1), dimensions, "1 to 4");
                }
                if (nameLength < 1 || nameLength > LONGEST_TOKEN_BYTES) {
                    throw corrupt("length of the name of tensor " + (seen.size() + 1), nameLength, "1 to "
                            + LONGEST_TOKEN_BYTES);
                }
                int[] shape = new int[dimensions];
                for (int i = 0; i < dimensions; i++) {
                    shape[i] = number();
                }
                String name = new String(take(nameLength), StandardCharsets.ISO_8859_1);
                Tensor tensor = promised.get(name);
                if (tensor == null || !seen.add(name)) {
                    throw new UserError("Model file " + path + " is corrupt: tensor \"" + printable(name) + "\" "
                            + (tensor == null ? "does not belong to a model of this shape" : "appears twice")
                            + "; fetch it again");
                }
                if (!Arrays.equals(shape, tensor.dimensions)) {
                    throw corrupt("shape of tensor " + name, Arrays.toString(shape),
                            Arrays.toString(tensor.dimensions));
                }
                if (typeNumber != tensor.type.tensorType) {
                    throw corrupt("type of tensor " + name, typeNumber,
                            tensor.type.tensorType + " (" + tensor.type.label() + ")");
                }
                skip(tensor.dataBytes());
            }
            if (seen.size() < promised.size()) {
                throw new EOFException();
            }
            if (position < bytes) {
                throw new UserError("Model file " + path + " is corrupt: " + count(bytes - position)
                        + " bytes follow its last tensor; fetch it again");
            }
        }

        private String modelName() {
            String file = path.getFileName().toString();
            String name = file.endsWith(".bin") ? file.substring(0, file.length() - 4) : file;
            return name.startsWith("ggml-") ? name.substring(5) : name;
        }

        private int field(String what, int wanted) throws IOException {
            return require(what, number(), wanted);
        }

        private int require(String what, int value, int wanted) {
            if (value != wanted) {
                throw corrupt(what, value, wanted);
            }
            return value;
        }

        private int field(String what, int least, int most) throws IOException {
            int value = number();
            if (value < least || value > most) {
                throw corrupt(what, value, least + " to " + most);
            }
            return value;
        }

        private UserError corrupt(String what, Object value, Object wanted) {
            return new UserError("Model file " + path + " is corrupt: its " + what + " is " + value + " instead of "
                    + wanted + "; fetch it again");
        }

        private static String printable(String name) {
            return name.replaceAll("[^\\x20-\\x7e]", "?");
        }

        private int number() throws IOException {
            byte[] four = take(4);
            return (four[0] & 0xff) | (four[1] & 0xff) << 8 | (four[2] & 0xff) << 16 | (four[3] & 0xff) << 24;
        }

        private byte[] take(int count) throws IOException {
            byte[] taken = in.readNBytes(count);
            position += taken.length;
            if (taken.length < count) {
                throw new EOFException();
            }
            return taken;
        }

        private void skip(long count) throws IOException {
            // Not in.skip(): it would pass the digest by.
            for (long left = count; left > 0;) {
                int read = in.read(skipped, 0, (int) Math.min(skipped.length, left));
                if (read < 0) {
                    throw new EOFException();
                }
                left -= read;
            }
            position += count;
        }
    }
}
