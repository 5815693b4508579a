package lib.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import lib.cli.Download;
import lib.cli.Home;
import lib.cli.UserError;
import lib.results.Json;

/**
 * Model files by name: from the checkout, from the cache, or downloaded into it. What is in a file is not looked at
 * here; {@link ModelFile} does that.
 */
public final class ModelStore {
    public static final String DEFAULT = "base-q5_1";
    /** A folder URL to fetch models from, instead of the place that perf came from and the upstream project. */
    public static final String BASE_URL_VARIABLE = "PERF_MODELS_URL";
    private static final String MANIFEST = "models/manifest.json";

    /**
     * {@code models/manifest.json}: the repository's models.
     *
     * @param bytes and {@code sha256} of the file in the repository, null for one that is not kept there
     */
    private record Entry(String name, String file, Long bytes, String sha256, Upstream upstream) {
        /** The repository's own file first: it is the one that the published figures were measured with. */
        List<Download> downloads(Home home, String baseUrl) {
            List<Download> downloads = new ArrayList<>();
            URI base = baseUrl != null ? folder(baseUrl)
                    : home.origin() == null ? null : home.origin().resolve("models/");
            if (sha256 != null && base != null) {
                downloads.add(new Download(base.resolve(file), bytes, sha256));
            }
            URI from = baseUrl != null ? folder(baseUrl).resolve(file) : URI.create(upstream.url);
            downloads.add(new Download(from, upstream.bytes, upstream.sha256));
            return downloads;
        }

        private static URI folder(String url) {
            if (!url.startsWith("http://") && !url.startsWith("https://")) {
                throw new UserError(BASE_URL_VARIABLE + " is " + url
                        + ", which is not a web address; write https://HOST/FOLDER, or give a model's path instead");
            }
            try {
                return URI.create(url.endsWith("/") ? url : url + "/");
            } catch (IllegalArgumentException e) {
                throw new UserError(BASE_URL_VARIABLE + " is " + url + ", which is not a valid address ("
                        + e.getMessage() + "); write https://HOST/FOLDER", e);
            }
        }
    }

    private record Upstream(String url, Long bytes, String sha256) {
    }

    private record Manifest(List<Entry> models) {
    }

    private ModelStore() {
    }

    /** The names that need no path, smallest model of a kind first as in the manifest. */
    public static List<String> names(Home home) {
        return manifest(home).stream().map(Entry::name).toList();
    }

    public static Path find(Home home, String nameOrPath, Download.Received progress) {
        return find(home, nameOrPath, progress, System.getenv());
    }

    /**
     * A model's file on this disk; downloads it if its name is known and it is not here yet.
     *
     * @param nameOrPath a name of the manifest, else a path; a file that has a model's name is {@code ./NAME}
     * @throws UserError when neither, or when it can't be downloaded
     */
    public static Path find(Home home, String nameOrPath, Download.Received progress, Map<String, String> environment) {
        List<Entry> entries = manifest(home);
        for (Entry entry : entries) {
            if (entry.name.equals(nameOrPath)) {
                return find(home, entry, progress, environment.get(BASE_URL_VARIABLE));
            }
        }
        Path path = Path.of(nameOrPath);
        if (Files.exists(path)) {
            return path.toAbsolutePath().normalize();
        }
        String known = String.join(", ", entries.stream().map(Entry::name).toList());
        throw new UserError("There is no model '" + nameOrPath + "', neither a known name nor a file; give one of "
                + known + ", or the path of a ggml model file");
    }

    private static Path find(Home home, Entry entry, Download.Received progress, String baseUrl) {
        if (home.checkout() != null) {
            Path own = home.checkout().resolve("models").resolve(entry.file);
            if (Files.exists(own)) {
                return own;
            }
        }
        List<Download> downloads = entry.downloads(home, baseUrl == null || baseUrl.isBlank() ? null : baseUrl);
        for (Download download : downloads) {
            Path cached = home.cached("models/" + entry.file, download.sha256());
            if (isWhole(cached, download.bytes())) {
                return cached;
            }
        }
        List<String> failures = new ArrayList<>();
        for (Download download : downloads) {
            try {
                return download.to(home.cached("models/" + entry.file, download.sha256()), progress);
            } catch (UserError e) {
                failures.add(e.getMessage());
            }
        }
        throw new UserError("Model " + entry.name + " is not on this machine and could not be downloaded: "
                + String.join("; also ", failures) + ". A model file fetched elsewhere can be given by its path");
    }

    /** By length only: its digest was checked when it came, and is taken again when the model is opened. */
    private static boolean isWhole(Path file, Long bytes) {
        try {
            return Files.isRegularFile(file) && Files.size(file) == bytes;
        } catch (IOException e) {
            return false;
        }
    }

    private static List<Entry> manifest(Home home) {
        try {
            return Json.MAPPER.readValue(home.text(MANIFEST), Manifest.class).models;
        } catch (JsonProcessingException e) {
            throw new UserError(MANIFEST + " is damaged (" + e.getOriginalMessage()
                    + "); restore it from the repository",
                    e);
        }
    }
}
