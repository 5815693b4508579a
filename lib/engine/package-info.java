/**
 * Speech to text behind one small interface, {@link lib.engine.Transcriber}, and everything that keeps it from harming
 * the lab: the model-file check in Java ({@link lib.engine.ModelFile}), the child process that the engine runs in
 * ({@link lib.engine.Worker}) and its client ({@link lib.engine.WorkerClient}), which turns crashes, hangs and garbage
 * into run states. {@link lib.engine.EngineSpec} is how a user names an engine; besides whisper.cpp there is a
 * synthetic one whose scaling is known.
 */
//DEPS io.github.givimad:whisper-jni:1.7.1
//SOURCES ../audio/package-info.java
//SOURCES ../cli/UserError.java
//SOURCES ../host/package-info.java
//SOURCES ../results/package-info.java
//SOURCES Decoding.java
//SOURCES EngineFailure.java
//SOURCES EngineSpec.java
//SOURCES ModelFile.java
//SOURCES ModelStore.java
//SOURCES SyntheticTranscriber.java
//SOURCES Transcriber.java
//SOURCES Transcript.java
//SOURCES WeightlessModel.java
//SOURCES WhisperJniTranscriber.java
//SOURCES Vocabulary.java
//SOURCES Worker.java
//SOURCES WorkerAnswer.java
//SOURCES WorkerClient.java
//SOURCES WorkerHello.java
//SOURCES WorkerReply.java
//SOURCES WorkerRequest.java
//FILES perf/models/manifest.json=../../models/manifest.json
package lib.engine;
