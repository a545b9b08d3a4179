package dev.synthlab.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The command line of a program: {@code --name value}, again and again. */
final class Options {
  private final Map<String, String> given = new HashMap<>();

  Options(String[] args, String... known) {
    Set<String> names = Set.copyOf(List.of(known));
    for (int i = 0; i < args.length; i += 2) {
      if (!names.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException("takes " + names + ", each with a value");
      }
      given.put(args[i], args[i + 1]);
    }
  }

  int number(String name, int otherwise) {
    return text(name).map(Integer::parseInt).orElse(otherwise);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(given.get(name));
  }
}
