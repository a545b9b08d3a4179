package dev.synthlab.bench.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Any texts as one line. */
final class Fields {
  private Fields() {}

  static String line(String... fields) {
    return Stream.of(fields).map(f -> URLEncoder.encode(f, UTF_8)).collect(Collectors.joining(" "));
  }

  static String[] of(String line) {
    return Stream.of(line.split(" ", -1))
        .map(f -> URLDecoder.decode(f, UTF_8))
        .toArray(String[]::new);
  }
}
