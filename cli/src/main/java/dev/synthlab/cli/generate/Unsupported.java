package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The parts of a file that the client does not cover, each listed once. For one thread. */
final class Unsupported {
  private final Set<String> lines = new LinkedHashSet<>();

  /** Lists a part that was replaced or omitted. */
  void add(OpenApiNode where, String what, String became) {
    lines.add(JavaText.line(where.location() + ": " + what + " -> " + became));
  }

  List<String> lines() {
    return new ArrayList<>(lines);
  }
}
