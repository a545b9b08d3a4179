package dev.synthlab.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Warnings about names that look like a variable of this library but are not. */
final class UnknownVariables {
  private static final String OURS = "SYNTHLAB_";

  /** The maximum number of warnings. */
  private static final int MAX = 20;

  // Read by the launcher and by services that use this library.
  private static final Set<String> OF_OTHERS =
      Set.of("SYNTHLAB_JAVA_OPTS", "SYNTHLAB_API_HOST", "SYNTHLAB_API_PORT");

  private static final Set<String> KNOWN =
      Stream.concat(
              Stream.of(Variable.values()).flatMap(variable -> variable.names().stream()),
              OF_OTHERS.stream())
          .collect(Collectors.toUnmodifiableSet());

  private UnknownVariables() {}

  /** One warning for each such name. */
  static List<String> warnings(Environment environment) {
    List<String> warnings = new ArrayList<>();
    for (String name : environment.names()) {
      if (KNOWN.contains(name) || environment.written(name).isEmpty()) {
        continue;
      }
      Optional<String> meant = nearest(name).filter(near -> !isAnotherService(near, environment));
      if (meant.isPresent()) {
        environment.givenByUser(name).ifPresent(value -> keep(meant.get(), value));
        if (warnings.size() >= MAX) {
          continue;
        }
        warnings.add(name + " is not a variable of synthlab; did you mean " + meant.get() + "?");
      } else if (name.startsWith(OURS) && warnings.size() < MAX) {
        warnings.add(name + " is not a variable of synthlab and is ignored");
      }
    }
    return warnings;
  }

  /** An external service may have a name similar to a variable that is set as well. */
  private static boolean isAnotherService(String near, Environment environment) {
    return !near.startsWith(OURS) && environment.written(near).isPresent();
  }

  /**
   * A key under a wrong name is still a secret. A file that the user has not named does not decide
   * this: it could have any words struck out of answers.
   */
  private static void keep(String meant, String value) {
    Stream.of(Variable.values())
        .filter(variable -> variable.names().contains(meant) && variable.secret())
        .forEach(variable -> Secret.of(value.strip()));
  }

  private static Optional<String> nearest(String name) {
    String best = "";
    int min = Integer.MAX_VALUE;
    for (String known : KNOWN.stream().sorted().toList()) {
      int bound = bound(name, known);
      boolean far = bound == 0 || Math.abs(name.length() - known.length()) > bound;
      int distance = far ? Integer.MAX_VALUE : distance(name, known);
      if (distance <= bound && distance < min) {
        min = distance;
        best = known;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best);
  }

  /** The maximum edit distance between a name and a known one. */
  private static int bound(String name, String known) {
    if (name.startsWith(OURS) && known.startsWith(OURS)) {
      return Math.max(2, (known.length() - OURS.length()) / 3);
    }
    if (known.startsWith(OURS) || known.startsWith("OPENAI_")) {
      return 2;
    }
    return known.equals(Variable.LOG_LEVEL.name()) ? 1 : 0;
  }

  /** The number of insertions, deletions, replacements and swaps between two words. */
  static int distance(String a, String b) {
    int[][] table = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          table[i][j] = i + j;
          continue;
        }
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int min = Math.min(table[i - 1][j] + 1, table[i][j - 1] + 1);
        min = Math.min(min, table[i - 1][j - 1] + cost);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        table[i][j] = swapped ? Math.min(min, table[i - 2][j - 2] + 1) : min;
      }
    }
    return table[a.length()][b.length()];
  }
}
