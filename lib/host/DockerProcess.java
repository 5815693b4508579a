package lib.host;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.StreamType;
import com.github.dockerjava.api.model.WaitResponse;
import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A container with one program in it, attached to before it starts so that no output is lost. */
final class DockerProcess implements LimitedProcess {
    private static final long ATTACH_SECONDS = 30;
    private static final byte[] NOT_REMOVED = "\nthe container could not be removed".getBytes(StandardCharsets.UTF_8);

    private final DockerEngine engine;
    private final String id;
    private final Pipe toProgram = new Pipe();
    private final Pipe fromProgram = new Pipe();
    private final OutputStream stdin = toProgram.sink();
    private final InputStream stdout = fromProgram.source();
    private final Tail stderr = new Tail();
    private final Output output = new Output(fromProgram.sink());
    private final ResultCallback.Adapter<Frame> input = new ResultCallback.Adapter<>();
    private final ResultCallback.Adapter<WaitResponse> ended = new ResultCallback.Adapter<>();
    private final CompletableFuture<Exit> exit = new CompletableFuture<>();

    private DockerProcess(DockerEngine engine, String id) {
        this.engine = engine;
        this.id = id;
    }

    /** Starts a container that was created; it is removed when that fails. */
    static LimitedProcess start(DockerEngine engine, String id) throws IOException {
        DockerProcess process = new DockerProcess(engine, id);
        EndOfRun.watch(process);
        try {
            // Two connections, since the library can't close one direction of one: the end of the input is the end of
            // its connection, which the container is told of because its stdin was opened "once".
            engine.client().attachContainerCmd(id).withStdOut(true).withStdErr(true).withFollowStream(true)
                    .exec(process.output);
            engine.client().attachContainerCmd(id).withStdIn(process.inputThenClose()).withFollowStream(true)
                    .exec(process.input);
            if (!process.output.awaitStarted(ATTACH_SECONDS, TimeUnit.SECONDS)
                    || !process.input.awaitStarted(ATTACH_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("the container could not be attached to within " + ATTACH_SECONDS + " s");
            }
            engine.ask(engine.client().startContainerCmd(id)::exec);
            engine.client().waitContainerCmd(id).exec(process.ended);
            // A thread of our own: docker-java interrupts the one that it calls back on.
            Thread watcher = new Thread(process::awaitEnd, "worker-exit");
            watcher.setDaemon(true);
            watcher.start();
            return process;
        } catch (IOException | RuntimeException failed) {
            process.close();
            throw failed;
        } catch (InterruptedException stop) {
            process.close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the container was starting", stop);
        }
    }

    @Override
    public OutputStream stdin() {
        return stdin;
    }

    @Override
    public InputStream stdout() {
        return stdout;
    }

    @Override
    public String stderrTail() {
        return stderr.text();
    }

    @Override
    public boolean isAlive() {
        return !exit.isDone();
    }

    @Override
    public Exit waitFor(Duration timeout) throws InterruptedException {
        try {
            return exit.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException stillRunning) {
            return null;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void kill() {
        try {
            engine.ask(engine.client().killContainerCmd(id)::exec);
        } catch (RuntimeException endedAlready) {
            return; // or the engine does not answer: closing tries again, and so does the next run
        }
    }

    @Override
    public void close() {
        try {
            engine.remove(id);
        } catch (RuntimeException noAnswer) {
            // The next run removes it by its label; a result that was measured must not be lost over this.
            stderr.add(NOT_REMOVED, NOT_REMOVED.length);
        } finally {
            finished(unknown());
            fromProgram.breakOff();
            closeQuietly(output);
            closeQuietly(input);
            closeQuietly(ended);
            EndOfRun.forget(this);
        }
    }

    private void finished(Exit how) {
        exit.complete(how);
        toProgram.breakOff();
    }

    /** What goes to the program. The library writes and flushes what it has read before it reads on. */
    private InputStream inputThenClose() {
        return new FilterInputStream(toProgram.source()) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                int read = super.read(bytes, offset, length);
                if (read < 0) {
                    closeQuietly(input);
                }
                return read;
            }
        };
    }

    private void awaitEnd() {
        try {
            ended.awaitCompletion();
            // The last lines of stderr are those that say why it ended.
            output.awaitCompletion(1, TimeUnit.SECONDS);
            ContainerState state = engine.ask(engine.client().inspectContainerCmd(id)::exec).getState();
            finished(Exit.of(state.getExitCodeLong().intValue(), Boolean.TRUE.equals(state.getOOMKilled())));
        } catch (InterruptedException | RuntimeException engineGone) {
            finished(unknown());
        }
    }

    private static Exit unknown() {
        return new Exit(null, null, false);
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException closedAnyway) {
            return;
        }
    }

    private final class Output extends ResultCallback.Adapter<Frame> {
        private final OutputStream out;

        Output(OutputStream out) {
            this.out = out;
        }

        @Override
        public void onNext(Frame frame) {
            byte[] payload = frame.getPayload();
            if (frame.getStreamType() == StreamType.STDERR) {
                stderr.add(payload, payload.length);
                return;
            }
            try {
                out.write(payload);
            } catch (IOException nobodyReads) {
                return;
            }
        }

        @Override
        public void onError(Throwable failure) {
            closeQuietly(out);
            super.onError(failure);
        }

        @Override
        public void onComplete() {
            closeQuietly(out);
            super.onComplete();
        }
    }
}
