package dev.synthlab.rules;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/** One scan of class files by all rules. For one thread. */
final class ClassScan {
  private final Scope scope;
  private final Violations violations;
  private final List<String> unreadable = new ArrayList<>();
  private final ForbiddenAccessRules uses;
  private final ClientRules clients;
  private final RetryLoops loops;
  private final SecretFlow secrets;
  private final SourceScan sources;

  ClassScan(Scope scope) {
    this.scope = scope;
    violations = new Violations(scope);
    uses = new ForbiddenAccessRules(scope, violations);
    clients = new ClientRules(scope, violations);
    loops = new RetryLoops(scope, violations);
    secrets = new SecretFlow(scope, violations);
    sources = new SourceScan(scope, violations);
  }

  SourceScan sources() {
    return sources;
  }

  int classes() {
    return violations.classes();
  }

  /** Scans one class file; an invalid one is reported as not checked. */
  void scan(String where, byte[] bytes) {
    try {
      ClassNode type = new ClassNode();
      new ClassReader(bytes).accept(type, ClassReader.SKIP_FRAMES);
      violations.addClass(type.name);
      uses.check(type);
      clients.check(type);
      loops.check(type);
      secrets.check(type, unreadable::add);
      sources.constants(type);
    } catch (RuntimeException | AssertionError e) {
      // The file may have any content, and ASM has no exception of its own for invalid classes.
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      unreadable.add(where + " is no class file that can be read: " + reason);
    }
  }

  void unreadable(String what) {
    unreadable.add(what);
  }

  ScanResult finish() {
    clients.finish();
    Set<Rule> unchecked = EnumSet.noneOf(Rule.class);
    List<String> notChecked = new ArrayList<>(unreadable);
    sources.finish(unchecked, notChecked);
    CheckReport report =
        new CheckReport(
            violations.sorted(), List.of(), notChecked, scope.notes(), violations.classes());
    return new ScanResult(report, unchecked, unreadable.isEmpty() && sources.isComplete());
  }
}
