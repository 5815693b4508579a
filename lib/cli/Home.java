package lib.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the product's own files are: models, clips, manifests. A command may run in a checkout, by an alias from
 * another folder, or from a URL with nothing else on the disk, so a file is looked for in this order: the checkout,
 * what came with the script (class path), the place that the script came from.
 */
public final class Home {
    private static final String CATALOG = "jbang-catalog.json";
    private static final String CATALOG_NAME = "perf";
    private static final String RESOURCES = "/perf/";
    private static final int DIGEST_DIGITS = 12;
    private static final String JSON_STRING = "\"((?:[^\"\\\\]|\\\\.)*)\"";
    /**
     * {@code "perf": { … "catalog-ref": "…"}}, without a JSON library, so that this class needs nothing but the JDK.
     */
    private static final Pattern CATALOG_REF = Pattern.compile(
            "\"" + CATALOG_NAME + "\"\\s*:\\s*\\{(?:[^{}\"]|" + JSON_STRING + ")*?\"catalog-ref\"\\s*:\\s*"
                    + JSON_STRING);

    private final Path checkout;
    private final URI origin;
    private final Path cache;

    private Home(Path checkout, URI origin, Path cache) {
        this.checkout = checkout;
        this.origin = origin;
        this.cache = cache;
    }

    /** @throws UserError when PERF_HOME is not a checkout, or the cache can't be written */
    public static Home find() {
        return find(Path.of(""), System.getenv(), Path.of(System.getProperty("user.home")),
                System.getProperty("os.name"));
    }

    /** The same with the facts given, so that a test decides them. */
    public static Home find(Path workingDirectory, Map<String, String> environment, Path userHome, String osName) {
        Path cache = writable(cacheFolder(environment, userHome, osName));
        String perfHome = environment.get("PERF_HOME");
        if (perfHome != null && !perfHome.isBlank()) {
            // first, because ./jbang sets it to the checkout whose code is running: started from within another
            // checkout, the code of one would be measured with the data of the other
            Path named = Path.of(perfHome);
            if (!isCheckout(named)) {
                throw new UserError("PERF_HOME is " + perfHome + ", which is not a checkout of perf (no " + CATALOG
                        + " and models/manifest.json there); correct it or unset it");
            }
            return new Home(named.toAbsolutePath().normalize(), null, cache);
        }
        for (Path folder = workingDirectory.toAbsolutePath().normalize(); folder != null; folder = folder.getParent()) {
            if (isCheckout(folder)) {
                return new Home(folder, null, cache);
            }
        }
        String reference = registeredCatalog(environment, userHome);
        if (reference == null) {
            return new Home(null, null, cache);
        }
        if (reference.startsWith("http://") || reference.startsWith("https://")) {
            return new Home(null, URI.create(reference).resolve("."), cache);
        }
        Path folder = reference.startsWith("file:") ? Path.of(URI.create(reference)) : Path.of(reference);
        folder = folder.endsWith(CATALOG) ? folder.toAbsolutePath().getParent() : folder.toAbsolutePath();
        return new Home(isCheckout(folder) ? folder : null, null, cache);
    }

    /** The checkout's folder, or null when there is none. */
    public Path checkout() {
        return checkout;
    }

    /** The URL that the product's files are below, ending in a slash, or null when it is not known. */
    public URI origin() {
        return origin;
    }

    /** A writable folder outside the repository for what was built or downloaded. */
    public Path cache() {
        return cache;
    }

    /** Where a downloaded file is kept: the digest is in the path, so that two versions of a file never meet. */
    public Path cached(String relativePath, String sha256) {
        Path path = Path.of(relativePath);
        Path folder = path.getParent() == null ? cache : cache.resolve(path.getParent());
        return folder.resolve(sha256.substring(0, DIGEST_DIGITS)).resolve(path.getFileName());
    }

    /**
     * A file of the product, on this machine's disk.
     *
     * @param relativePath from the repository's root, with slashes: {@code audio/speech/jfk.flac}
     * @param sha256 what a file that was downloaded must have; one in the checkout is taken as it is
     * @throws UserError when it is nowhere, can't be downloaded or is another file
     */
    public Path file(String relativePath, String sha256) {
        if (checkout != null && Files.exists(checkout.resolve(relativePath))) {
            return checkout.resolve(relativePath);
        }
        Path target = cached(relativePath, sha256);
        if (Files.exists(target) && Download.sha256(target).equals(sha256)) {
            return target;
        }
        try (InputStream resource = Home.class.getResourceAsStream(RESOURCES + relativePath)) {
            if (resource != null) {
                return copy(resource, target);
            }
        } catch (IOException e) {
            throw new UserError("Can't write " + target + " (" + e.getMessage() + "); PERF_CACHE names another folder",
                    e);
        }
        if (origin == null) {
            throw new UserError(nowhere(relativePath));
        }
        return new Download(origin.resolve(relativePath), null, sha256).to(target, Download.SILENT);
    }

    /** A small text file of the product, such as a manifest, in UTF-8. */
    public String text(String relativePath) {
        try {
            if (checkout != null && Files.exists(checkout.resolve(relativePath))) {
                return Files.readString(checkout.resolve(relativePath));
            }
            try (InputStream resource = Home.class.getResourceAsStream(RESOURCES + relativePath)) {
                if (resource != null) {
                    return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
                }
            }
        } catch (IOException e) {
            throw new UserError("Can't read " + relativePath + " (" + e + "); is the checkout whole?", e);
        }
        throw new UserError(nowhere(relativePath));
    }

    private static Path copy(InputStream from, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        Path part = Files.createTempFile(target.getParent(), target.getFileName() + ".", ".part");
        try {
            Files.copy(from, part, StandardCopyOption.REPLACE_EXISTING);
            return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static String nowhere(String relativePath) {
        return relativePath + " is not here and perf does not know where it came from; run it from a checkout, set"
                + " PERF_HOME to one, or register it with: jbang catalog add -g --name perf URL-OF-" + CATALOG;
    }

    private static boolean isCheckout(Path folder) {
        return Files.isRegularFile(folder.resolve(CATALOG))
                && Files.isRegularFile(folder.resolve("models/manifest.json"));
    }

    private static Path cacheFolder(Map<String, String> environment, Path userHome, String osName) {
        String named = environment.getOrDefault("PERF_CACHE", "");
        if (!named.isBlank()) {
            return Path.of(named).toAbsolutePath();
        }
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (!xdg.isBlank()) {
            return Path.of(xdg).toAbsolutePath().resolve("perf");
        }
        return userHome.resolve(osName.startsWith("Mac") ? "Library/Caches/perf" : ".cache/perf").toAbsolutePath();
    }

    private static Path writable(Path folder) {
        try {
            Files.createDirectories(folder);
            // tried, not asked: isWritable says yes to root on a read-only file system
            Files.delete(Files.createTempFile(folder, "writable", null));
            return folder;
        } catch (IOException e) {
            throw new UserError("The cache folder " + folder + " can't be written (" + e
                    + "); set PERF_CACHE to a folder that can", e);
        }
    }

    private static String registeredCatalog(Map<String, String> environment, Path userHome) {
        String jbangDir = environment.getOrDefault("JBANG_DIR", "");
        Path catalogs = (jbangDir.isBlank() ? userHome.resolve(".jbang") : Path.of(jbangDir)).resolve(CATALOG);
        if (!Files.isRegularFile(catalogs)) {
            return null;
        }
        try {
            Matcher matcher = CATALOG_REF.matcher(Files.readString(catalogs));
            return matcher.find() ? unescaped(matcher.group(2)) : null;
        } catch (IOException e) {
            return null; // JBang's own file: it complains itself, and a checkout or a path still works
        }
    }

    private static String unescaped(String json) {
        Matcher matcher = Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|(.))").matcher(json);
        return matcher.replaceAll(match -> Matcher.quoteReplacement(match.group(1) == null
                ? match.group(2)
                : String.valueOf((char) Integer.parseInt(match.group(1), 16))));
    }
}
