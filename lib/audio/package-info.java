/**
 * What is transcribed: bundled clips of real speech with reference transcripts, or the user's own files, decoded to the
 * one form that the engines take (16 kHz, mono, 16 bits).
 */
//DEPS com.tagtraum:ffsampledsp-complete:0.9.56
//SOURCES ../cli/package-info.java
//SOURCES ../results/package-info.java
//SOURCES AudioClip.java
//SOURCES ClipFolder.java
//SOURCES Clips.java
//SOURCES DecodeProcess.java
//SOURCES Decoder.java
//SOURCES PreparedClip.java
//SOURCES UnusableClip.java
//SOURCES Wav16k.java
//FILES perf/audio/manifest.json=../../audio/manifest.json
//FILES perf/audio/speech/jfk.flac=../../audio/speech/jfk.flac
package lib.audio;
