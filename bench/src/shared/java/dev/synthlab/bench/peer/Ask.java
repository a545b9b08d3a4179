package dev.synthlab.bench.peer;

import java.net.URI;
import java.time.Duration;

/**
 * What a library is to do once.
 *
 * @param streamed whether the answer is to come piece by piece
 * @param base the address of the server, ending in {@code /v1}
 * @param key the key to send
 * @param timeout the library's own timeout; everything else stays at its default
 * @param deadline the longest time of the whole call, for libraries that know one; zero for their
 *     default
 */
public record Ask(boolean streamed, URI base, String key, Duration timeout, Duration deadline) {

  /**
   * The same as one line.
   *
   * @return without a line break
   */
  public String line() {
    return Fields.line(
        String.valueOf(streamed), base.toString(), key, timeout.toString(), deadline.toString());
  }

  static Ask of(String line) {
    String[] fields = Fields.of(line);
    return new Ask(
        Boolean.parseBoolean(fields[0]),
        URI.create(fields[1]),
        fields[2],
        Duration.parse(fields[3]),
        Duration.parse(fields[4]));
  }
}
