package lib.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    public enum Place {
        CHECKOUT, CACHE, NOT_HERE
    }

    /**
     * A model that has a name, and where its file is.
     *
     * @param bytes of the file that is here, else of the one that would be downloaded
     * @param path null when it is not here
     * @param partBytes what an unfinished download left in the cache, null when there is none
     */
    public record Known(String name, String purpose, long bytes, Place place, Path path, Long partBytes) {
    }

    /**
     * A file that a name stands for. The repository's own are not byte-equal to the published ones, so a name can have
     * two.
     *
     * @param publisher {@code whisper.cpp} or {@code this repository}
     */
    public record Pinned(String name, String publisher, long bytes, String sha256) {
    }

    /** A file that was there or has come, and which of the pinned ones it is. */
    public record Fetched(Path path, Pinned pinned) {
    }

    /**
     * {@code models/manifest.json}: the repository's models.
     *
     * @param purpose a few words for whoever chooses one
     * @param bytes and {@code sha256} of the file in the repository, null for one that is not kept there
     */
    private record Entry(String name, String purpose, String file, Long bytes, String sha256, Upstream upstream) {
        Path inCheckout(Home home) {
            Path own = home.checkout() == null ? null : home.checkout().resolve("models").resolve(file);
            return own != null && Files.exists(own) ? own : null;
        }

        /** Where a download of that digest is kept, be it there or not. */
        Path inCache(Home home, String digest) {
            return home.cached("models/" + file, digest);
        }

        Path cached(Home home) {
            return pinned().stream().filter(p -> isWhole(inCache(home, p.sha256), p.bytes)).findFirst()
                    .map(p -> inCache(home, p.sha256)).orElse(null);
        }

        Long partBytes(Home home) {
            return pinned().stream().map(p -> ModelStore.bytes(Download.part(inCache(home, p.sha256))))
                    .filter(part -> part != null && part > 0).findFirst().orElse(null);
        }

        List<Pinned> pinned() {
            Pinned published = new Pinned(name, "whisper.cpp", upstream.bytes, upstream.sha256);
            return sha256 == null ? List.of(published)
                    : List.of(new Pinned(name, "this repository", bytes, sha256), published);
        }

        /** The one with that digest, or null. */
        Pinned pinned(String digest) {
            return pinned().stream().filter(p -> p.sha256.equals(digest)).findFirst().orElse(null);
        }

        /** The repository's own file first: it is the one that the published figures were measured with. */
        List<Download> downloads(Home home, Map<String, String> environment) {
            String named = environment.getOrDefault(BASE_URL_VARIABLE, "");
            String baseUrl = named.isBlank() ? null : named;
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

    /** Every digest that the manifest names. */
    public static List<Pinned> pinned(Home home) {
        return manifest(home).stream().flatMap(entry -> entry.pinned().stream()).toList();
    }

    /** The models that need no path, and where they are now; nothing is fetched. */
    public static List<Known> known(Home home) {
        return manifest(home).stream().map(entry -> {
            Path own = entry.inCheckout(home);
            Path here = own != null ? own : entry.cached(home);
            return new Known(entry.name, entry.purpose, here != null ? bytes(here) : entry.upstream.bytes,
                    own != null ? Place.CHECKOUT : here != null ? Place.CACHE : Place.NOT_HERE, here,
                    entry.partBytes(home));
        }).toList();
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
        Entry entry = entry(home, nameOrPath);
        if (entry == null) {
            return path(home, nameOrPath);
        }
        Path own = entry.inCheckout(home);
        if (own != null) {
            return own;
        }
        Path cached = entry.cached(home);
        return cached != null ? cached : download(home, entry, progress, environment);
    }

    /**
     * Like {@link #find} of a name, with the file's digest taken: a cached file that has changed since it came is
     * fetched again.
     *
     * @throws UserError also when the file in the checkout is not one that the manifest names
     */
    public static Fetched fetch(Home home, String name, Download.Received progress, Map<String, String> environment) {
        Entry entry = entry(home, name);
        if (entry == null) {
            throw unknown(home, name);
        }
        Path file = find(home, name, progress, environment);
        Pinned pinned = entry.pinned(Download.sha256(file));
        if (pinned == null && file.equals(entry.inCheckout(home))) {
            throw new UserError(file + " is not the pinned model, its SHA-256 is another one; restore it (git checkout,"
                    + " or git lfs pull), or remove it to have it downloaded");
        }
        if (pinned == null) {
            file = download(home, entry, progress, environment);
            pinned = entry.pinned(Download.sha256(file));
        }
        return new Fetched(file, pinned);
    }

    /** The manifest's entry of that name, or null. */
    private static Entry entry(Home home, String name) {
        return manifest(home).stream().filter(entry -> entry.name.equals(name)).findFirst().orElse(null);
    }

    private static Path path(Home home, String path) {
        if (!Files.exists(Path.of(path))) {
            throw unknown(home, path);
        }
        return Path.of(path).toAbsolutePath().normalize();
    }

    private static UserError unknown(Home home, String nameOrPath) {
        return new UserError("There is no model '" + nameOrPath + "', neither a known name nor a file; give one of "
                + String.join(", ", names(home)) + ", or the path of a ggml model file");
    }

    private static Path download(Home home, Entry entry, Download.Received progress, Map<String, String> environment) {
        Set<String> failures = new LinkedHashSet<>(); // both files of a name may have one address, and one reason
        for (Download download : entry.downloads(home, environment)) {
            try {
                return download.to(entry.inCache(home, download.sha256()), progress);
            } catch (UserError e) {
                failures.add(e.getMessage());
            }
        }
        throw new UserError("Model " + entry.name + " is not on this machine and could not be downloaded: "
                + String.join("; also ", failures) + ". A model file fetched elsewhere can be given by its path, or by "
                + "its name once it is " + entry.inCache(home, entry.upstream.sha256));
    }

    /** By length only: its digest was checked when it came, and is taken again when the model is opened. */
    private static boolean isWhole(Path file, long bytes) {
        Long actual = bytes(file);
        return actual != null && actual == bytes;
    }

    private static Long bytes(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static List<Entry> manifest(Home home) {
        try {
            return Json.MAPPER.readValue(home.text(MANIFEST), Manifest.class).models;
        } catch (JsonProcessingException e) {
            throw new UserError(MANIFEST + " is damaged (" + e.getOriginalMessage()
                    + "); restore it from the repository", e);
        }
    }
}
