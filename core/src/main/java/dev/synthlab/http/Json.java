package dev.synthlab.http;

import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** The one JSON mapper, with the limits that hold for everything that comes from outside. */
public final class Json {
  /** The deepest nesting that is read. */
  public static final int MAX_DEPTH = 1_000;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(1_000)
                          .maxStringLength(Bodies.MAX_BYTES)
                          .build())
                  // What could be read, and stands in a record of ours, can be written.
                  .streamWriteConstraints(
                      StreamWriteConstraints.builder().maxNestingDepth(2 * MAX_DEPTH).build())
                  .disable(JsonWriteFeature.ESCAPE_FORWARD_SLASHES)
                  .build())
          .build();

  private Json() {}

  /**
   * The mapper. Its numbers are as exact as they stand, its text is UTF-8.
   *
   * @return shared, safe for use by many threads
   */
  public static JsonMapper mapper() {
    return MAPPER;
  }
}
