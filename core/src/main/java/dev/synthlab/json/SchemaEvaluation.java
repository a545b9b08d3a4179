package dev.synthlab.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One check of one value: its violations, and the bounds on its work and depth. For one thread. */
final class SchemaEvaluation {
  private static final int MAX_VIOLATIONS = 20;

  /** Some seconds on a usual machine. */
  private static final long MAX_WORK = 200_000_000;

  private static final int KEYWORD_WORK = 20;
  private static final int TRIAL_WORK = 400;
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
   * @param forgiving whether a member counts as missing if it is null, may be missing and may not
   *     be null
   * @param deep whether the thread has a large stack
   */
  SchemaEvaluation(boolean forgiving, boolean deep) {
    this.forgiving = forgiving;
    this.deep = deep;
  }

  /**
   * A part of a valid value that is to be written differently.
   *
   * @param missing whether it is to be left out, else it is a whole number
   */
  record Change(TreeNode.OfValue part, boolean missing) {
    /** Changes the object or array that has the part. */
    @SuppressWarnings("unchecked") // copies have no other maps and lists
    void apply() {
      Object around = part.parent().map(TreeNode::value).orElse(null);
      if (around instanceof List<?> array) {
        ((List<@Nullable Object>) array).set((Integer) part.key(), JsonValues.whole(part.value()));
      } else if (around instanceof Map<?, ?> object && missing) {
        object.remove(part.key());
      } else if (around instanceof Map<?, ?> object) {
        ((Map<Object, @Nullable Object>) object).put(part.key(), JsonValues.whole(part.value()));
      }
    }
  }

  /** What is wrong with a part: a sentence without its subject. */
  record Violation(TreeNode.OfValue at, String sentence) {}

  /** Ends a check: its violations are enough, its bounds are reached, or its stack is too small. */
  static final class EndedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final boolean tooDeep;

    EndedException(boolean tooDeep) {
      super("", null, false, false);
      this.tooDeep = tooDeep;
    }

    /** Whether the check can be repeated on a larger stack. */
    boolean isTooDeep() {
      return tooDeep;
    }
  }

  boolean isForgiving() {
    return forgiving;
  }

  /** The violations as sentences that begin with a path. */
  List<String> violations() {
    return violations.stream().map(each -> each.at().path() + each.sentence()).toList();
  }

  /** How many violations are noted. */
  int noted() {
    return violations.size();
  }

  List<Change> changes() {
    return List.copyOf(changes);
  }

  void change(TreeNode.OfValue part, boolean missing) {
    changes.add(new Change(part, missing));
  }

  String nextId() {
    ids++;
    return Integer.toString(ids, Character.MAX_RADIX);
  }

  /** Counts a keyword whose evaluation begins. */
  void enter(TreeNode.OfValue at) {
    depth++;
    if (!deep && depth > DEFAULT_DEPTH) {
      throw new EndedException(true);
    }
    if (depth > MAX_DEPTH) {
      throw unjudged(at, "schema and value together are nested deeper than " + MAX_DEPTH);
    }
    spend(KEYWORD_WORK + depth / 2, at);
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

  /** Notes that a part cannot be judged, and gives the exception that ends the check. */
  EndedException unjudged(TreeNode.OfValue at, String reason) {
    if (violations.size() >= MAX_VIOLATIONS) {
      violations.removeLast();
    }
    violations.addFirst(new Violation(at, " cannot be judged: " + reason));
    return new EndedException(false);
  }

  /** Notes a violation, which is always false. */
  boolean wrong(TreeNode.OfValue at, String sentence) {
    if (violations.size() < MAX_VIOLATIONS) {
      violations.add(new Violation(at, sentence));
    } else if (trials == 0) {
      throw new EndedException(false);
    }
    return false;
  }

  /** Whether a value fits; neither violations nor changes are kept. */
  boolean silently(BooleanSupplier fits) {
    int changed = changes.size();
    List<Violation> found = new ArrayList<>();
    boolean fit = trial(fits, found);
    changes.subList(changed, changes.size()).clear();
    return fit;
  }

  /**
   * Whether a value fits; changes are kept if it does.
   *
   * @param found takes the violations, which are not noted
   */
  boolean trial(BooleanSupplier fits, List<Violation> found) {
    List<Violation> outer = List.copyOf(violations);
    int changed = changes.size();
    violations.clear();
    work += TRIAL_WORK; // a keyword of the trial finds out that it is too much
    trials++;
    boolean fit = fits.getAsBoolean();
    trials--;
    if (!fit) {
      found.addAll(violations);
      changes.subList(changed, changes.size()).clear();
    }
    violations.clear();
    violations.addAll(outer);
    return fit;
  }
}
