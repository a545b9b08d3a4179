package dev.synthlab.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The roles of packages, and the exemptions.
 *
 * @param infrastructure packages that may call external systems
 * @param configuration packages that may read the environment
 * @param exceptions exempted classes
 * @param infrastructureNote the note that infrastructure is a default
 * @param configurationNote the note that configuration is a default
 */
record Scope(
    Packages infrastructure,
    Packages configuration,
    List<Exemption> exceptions,
    Optional<String> infrastructureNote,
    Optional<String> configurationNote) {

  /** Classes that are exempt from a rule. */
  record Exemption(Rule rule, Packages classes, String because) {}

  static Scope defaults() {
    Packages infrastructure = Packages.of("..infrastructure..");
    Packages configuration = Packages.of("..config..", "..configuration..");
    return new Scope(
        infrastructure,
        configuration,
        List.of(),
        Optional.of("no infrastructure package was named: taken are " + infrastructure),
        Optional.of("no configuration package was named: taken are " + configuration));
  }

  Scope withInfrastructure(Packages packages) {
    return new Scope(packages, configuration, exceptions, Optional.empty(), configurationNote);
  }

  Scope withConfiguration(Packages packages) {
    return new Scope(infrastructure, packages, exceptions, infrastructureNote, Optional.empty());
  }

  Scope except(Rule rule, Packages classes, String because) {
    List<Exemption> all = new ArrayList<>(exceptions);
    all.add(new Exemption(rule, classes, because));
    return new Scope(
        infrastructure, configuration, List.copyOf(all), infrastructureNote, configurationNote);
  }

  List<String> notes() {
    List<String> all = new ArrayList<>();
    infrastructureNote.ifPresent(all::add);
    configurationNote.ifPresent(all::add);
    return all;
  }

  boolean exempts(Violation violation) {
    return exceptions.stream()
        .anyMatch(
            one -> one.rule() == violation.rule() && one.classes().contains(violation.className()));
  }
}
