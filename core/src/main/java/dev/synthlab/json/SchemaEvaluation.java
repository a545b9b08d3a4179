package dev.synthlab.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * One check of one value: what was found, how much was done, and when it has to end. For one
 * thread.
 */
final class SchemaEvaluation {
  /** Beyond this many a list of violations helps nobody. */
  static final int MAX_VIOLATIONS = 20;

  /** About two seconds. */
  private static final long MAX_WORK = 200_000_000;

  private static final int STEP = 20;
  private static final int TRIAL = 400;
  private static final int DEFAULT_DEPTH = 400;
  private static final int MAX_DEPTH = 8 * Json.MAX_DEPTH;
  private static final int MAX_IDS = 1_000_000;

  private final boolean forgiving;
  private final boolean deep;
  private final List<Violation> violations = new ArrayList<>();
  private final List<Change> changes = new ArrayList<>();
  private long work;
  private int depth;
  private int ids;
  private int trials;

  /**
   * A check.
   *
   * @param forgiving whether a member that is null, where it may be missing but not be null, counts
   *     as missing
   * @param deep whether there is stack for whatever may be nested
   */
  SchemaEvaluation(boolean forgiving, boolean deep) {
    this.forgiving = forgiving;
    this.deep = deep;
  }

  /** What a value that fits is better written as. */
  sealed interface Change {
    /** The part that changes. */
    TreeNode.OfValue part();

    /** The number is a whole one. */
    record ToInteger(TreeNode.OfValue part) implements Change {}

    /** The member counts as missing. */
    record Without(TreeNode.OfValue part) implements Change {}
  }

  /** What is wrong with a part: a sentence without its subject. */
  record Violation(TreeNode.OfValue at, String sentence) {}

  /** The check cannot be brought to its end, or need not be. */
  static final class EndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EndedException() {
      super("", null, false, false);
    }
  }

  /** The usual stack might not do. */
  static final class TooDeepException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooDeepException() {
      super("", null, false, false);
    }
  }

  boolean isForgiving() {
    return forgiving;
  }

  /** What was found, as sentences that begin with a path. */
  List<String> violations() {
    return violations.stream().map(each -> each.at().path() + each.sentence()).toList();
  }

  List<Change> changes() {
    return List.copyOf(changes);
  }

  String nextId() {
    ids++;
    return Integer.toString(ids, Character.MAX_RADIX);
  }

  /** A keyword is looked at. */
  void enter(TreeNode.OfValue at) {
    depth++;
    if (!deep && depth > DEFAULT_DEPTH) {
      throw new TooDeepException();
    }
    if (depth > MAX_DEPTH) {
      throw unjudged(at, "schema and value together are nested deeper than " + MAX_DEPTH);
    }
    spend(STEP + depth / 2, at);
    if (ids > MAX_IDS) {
      throw unjudged(at, "it has too many parts for what the schema says of them");
    }
  }

  void leave() {
    depth--;
  }

  /** Counts work that grows with the value. */
  void spend(long steps, TreeNode.OfValue at) {
    work += steps;
    if (work > MAX_WORK) {
      throw unjudged(at, "that takes too many steps");
    }
  }

  /** Notes that there is no telling, and gives what ends the check. */
  EndedException unjudged(TreeNode.OfValue at, String reason) {
    if (violations.size() >= MAX_VIOLATIONS) {
      violations.removeLast();
    }
    violations.addFirst(new Violation(at, " cannot be judged: " + reason));
    return new EndedException();
  }

  /** Notes what is wrong with a part. */
  void wrong(TreeNode.OfValue at, String sentence) {
    if (violations.size() < MAX_VIOLATIONS) {
      violations.add(new Violation(at, sentence));
    } else if (trials == 0) {
      throw new EndedException();
    }
  }

  void change(Change change) {
    changes.add(change);
  }

  /** Whether something is so; what is found on the way counts for nothing. */
  boolean silently(BooleanSupplier fits) {
    int changed = changes.size();
    boolean fit = trial(fits).isEmpty();
    changes.subList(changed, changes.size()).clear();
    return fit;
  }

  /** Empty when it is so, else what is wrong, which is not noted yet. */
  Optional<List<Violation>> trial(BooleanSupplier fits) {
    List<Violation> outer = List.copyOf(violations);
    int changed = changes.size();
    violations.clear();
    work += TRIAL; // over the limit it ends at the next keyword
    trials++;
    boolean fit = fits.getAsBoolean();
    trials--;
    List<Violation> found = List.copyOf(violations);
    violations.clear();
    violations.addAll(outer);
    if (!fit) {
      changes.subList(changed, changes.size()).clear();
    }
    return fit ? Optional.empty() : Optional.of(found);
  }

  /** Notes what a trial found. */
  void wrong(List<Violation> found) {
    found.forEach(each -> wrong(each.at(), each.sentence()));
  }

  /** How many violations are noted. */
  int noted() {
    return violations.size();
  }
}
