package dev.synthlab.cli.generate;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What of a file is not in the client, each told once. For one thread. */
final class Unsupported {
  private final Set<String> lines = new LinkedHashSet<>();

  /** Something that is in the client as something else, or not at all. */
  void add(OpenApiNode where, String what, String became) {
    lines.add(JavaText.line(where.location() + ": " + what + " -> " + became));
  }

  List<String> lines() {
    return new ArrayList<>(lines);
  }
}
