package lib.host;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Info;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import lib.results.TextDigest;

/**
 * A Docker engine that answers. Found as the {@code docker} command finds it: {@code DOCKER_HOST}, the context of
 * {@code ~/.docker}, else the usual socket. The API version is left to the engine: Docker 29 refuses old ones.
 *
 * @param client for anything but questions that must be answered soon: those go through {@link #ask}
 */
record DockerEngine(DockerClient client, Info info) {
    static final String WORKER_LABEL = "perf.worker";

    private static final Duration FIRST_ANSWER = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BUILD = Duration.ofMinutes(10);
    private static final int MANY_CONNECTIONS = 64;
    private static final String WORKER_DOCKERFILE = "/perf/k8s/Dockerfile.worker";
    private static final Pattern ERROR_MESSAGE = Pattern.compile("\"message\"\\s*:\\s*\"(.*?)\"\\s*}", Pattern.DOTALL);

    /** @throws IOException one sentence, when there is no engine or it does not answer within 3 s */
    static DockerEngine connect() throws IOException {
        DockerClientConfig config;
        try {
            config = DefaultDockerClientConfig.createDefaultConfigBuilder().build();
        } catch (RuntimeException odd) {
            throw new IOException("Docker's settings can't be used (" + sentence(odd)
                    + "); look at DOCKER_HOST, DOCKER_TLS_VERIFY and ~/.docker/config.json", odd);
        }
        return connect(config);
    }

    static DockerEngine connect(DockerClientConfig config) throws IOException {
        try {
            DockerClient client = DockerClientImpl.getInstance(config, new ZerodepDockerHttpClient.Builder()
                    .dockerHost(config.getDockerHost()).sslConfig(config.getSSLConfig())
                    .maxConnections(MANY_CONNECTIONS).connectionTimeout(FIRST_ANSWER).build());
            return new DockerEngine(client, ask(FIRST_ANSWER, () -> client.infoCmd().exec()));
        } catch (RuntimeException failed) {
            String why = sentence(failed);
            throw new IOException("no Docker engine answers at " + config.getDockerHost() + " (" + why
                    + (why.contains("Permission denied") ? ": this user is not in the group docker" : "") + ")",
                    failed);
        }
    }

    /** The answer to a question that the engine answers at once when it is well. */
    <T> T ask(Supplier<T> question) {
        return ask(PATIENCE, question);
    }

    /**
     * With a deadline kept by this side: the library's response timeout does nothing on a Unix socket, so an engine
     * that accepts and never answers would hold the lab for ever.
     */
    private static <T> T ask(Duration deadline, Supplier<T> question) {
        FutureTask<T> answer = new FutureTask<>(question::get);
        Thread asking = new Thread(answer, "docker-question");
        asking.setDaemon(true);
        asking.start();
        try {
            return answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause
                    : new IllegalStateException(failed.getCause());
        } catch (TimeoutException silent) {
            asking.interrupt();
            throw new IllegalStateException("no answer within " + deadline.toSeconds() + " s");
        } catch (InterruptedException stop) {
            asking.interrupt();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted");
        }
    }

    /** Version of the engine, empty without one. */
    static Optional<String> version() {
        try {
            return Optional.ofNullable(connect().info().getServerVersion());
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** CPUs of the engine's machine; on macOS and Windows that is Docker's virtual machine. */
    int cpus() {
        return info.getNCPU();
    }

    /** Root in a rootless engine's container is the user who started the engine. */
    boolean rootless() {
        return info.getSecurityOptions() != null
                && info.getSecurityOptions().stream().anyMatch(option -> option.contains("rootless"));
    }

    /** An image with nothing in it; no registry is asked. (docker-java 3.7.1 can't import one: it posts no body.) */
    String emptyImage() throws IOException {
        return build("perf-empty", "FROM scratch\nLABEL perf.image=empty\n");
    }

    boolean hasImage(String image) {
        try {
            ask(() -> client.inspectImageCmd(image).exec());
            return true;
        } catch (NotFoundException absent) {
            return false;
        }
    }

    /** Names of the environment variables that an image sets. */
    List<String> variables(String image) {
        String[] set = ask(() -> client.inspectImageCmd(image).exec()).getConfig().getEnv();
        return set == null ? List.of() : Arrays.stream(set).map(variable -> variable.split("=", 2)[0]).toList();
    }

    /** The image of {@code k8s/Dockerfile.worker}, for hosts whose own files don't run in a container. */
    String workerImage() throws IOException {
        try (InputStream dockerfile = DockerEngine.class.getResourceAsStream(WORKER_DOCKERFILE)) {
            if (dockerfile == null) {
                throw new IOException("k8s/Dockerfile.worker is not on the class path");
            }
            return build("perf-worker", new String(dockerfile.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Builds an image from the text of a Dockerfile, once for each text: its digest is the tag. */
    String build(String name, String dockerfile) throws IOException {
        String image = name + ":" + TextDigest.of(dockerfile);
        if (hasImage(image)) {
            return image;
        }
        Path folder = Files.createTempDirectory("perf-image");
        Path file = folder.resolve("Dockerfile");
        try {
            Files.writeString(file, dockerfile);
            client.buildImageCmd(folder.toFile()).withTags(Set.of(image)).withForcerm(true)
                    .exec(new BuildImageResultCallback()).awaitImageId(BUILD.toMinutes(), TimeUnit.MINUTES);
            return image;
        } catch (RuntimeException failed) {
            throw new IOException("the image " + image + " could not be built: " + sentence(failed), failed);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    /** Containers of runs that were killed before they could remove them. */
    void removeLeftContainers() {
        List<Container> workers = ask(() -> client.listContainersCmd().withShowAll(true)
                .withLabelFilter(List.of(WORKER_LABEL)).exec());
        for (Container worker : workers) {
            if (Owner.isGone(worker.getLabels().get(WORKER_LABEL))) {
                remove(worker.getId());
            }
        }
    }

    void remove(String containerId) {
        try {
            ask(() -> client.removeContainerCmd(containerId).withForce(true).withRemoveVolumes(true).exec());
        } catch (NotFoundException | ConflictException goneOrGoing) {
            return;
        }
    }

    /** The engine's own message without status, JSON and line breaks; else the innermost cause. */
    static String sentence(Throwable failure) {
        if (failure instanceof DockerException && failure.getMessage() != null) {
            Matcher message = ERROR_MESSAGE.matcher(failure.getMessage());
            return (message.find() ? message.group(1) : failure.getMessage()).replaceAll("(\\\\n|\\s)+", " ").strip();
        }
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
