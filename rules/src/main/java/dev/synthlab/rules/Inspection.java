package dev.synthlab.rules;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/** One walk over class files. Not safe for use by several threads. */
final class Inspection {
  private final Scope scope;
  private final Findings findings;
  private final List<String> unreadable = new ArrayList<>();
  private final Uses uses;
  private final Clients clients;
  private final RetryLoops loops;
  private final SecretFlow secrets;
  private final SourceScan scan;

  Inspection(Scope scope) {
    this.scope = scope;
    findings = new Findings(scope);
    uses = new Uses(scope, findings);
    clients = new Clients(scope, findings);
    loops = new RetryLoops(scope, findings);
    secrets = new SecretFlow(scope, findings);
    scan = new SourceScan(scope, findings);
  }

  SourceScan sources() {
    return scan;
  }

  int classes() {
    return findings.classes();
  }

  /** Looks at one class file; what is none is remembered as that. */
  void look(Classes.Found file) {
    try {
      ClassNode type = new ClassNode();
      new ClassReader(file.bytes()).accept(type, ClassReader.SKIP_FRAMES);
      findings.looked(type.name);
      uses.look(type);
      clients.look(type);
      loops.look(type);
      secrets.look(type, unreadable::add);
      scan.constants(type);
    } catch (RuntimeException e) {
      // A file of any bytes at all may stand here, and the reader has no exception of its own.
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      unreadable.add(file.where() + " is no class file that can be read: " + why);
    }
  }

  void unreadable(String what) {
    unreadable.add(what);
  }

  Seen ended() {
    clients.ended();
    Set<Rule> unchecked = EnumSet.noneOf(Rule.class);
    List<String> notChecked = new ArrayList<>(unreadable);
    scan.ended(unchecked, notChecked);
    CheckReport report =
        new CheckReport(
            findings.sorted(), List.of(), notChecked, scope.notes(), findings.classes());
    return new Seen(report, unchecked, unreadable.isEmpty());
  }
}
