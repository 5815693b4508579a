package lib.cli;

import java.time.Duration;
import picocli.CommandLine.ITypeConverter;

/** A duration whose bare number is seconds, as people write lengths of audio: {@code 600}, {@code 90s}, {@code 15m}. */
public final class SecondsOption implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String value) {
        return new DurationOption().convert(value.strip().matches("\\d+(\\.\\d+)?") ? value.strip() + "s" : value);
    }
}
