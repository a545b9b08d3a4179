package dev.synthlab.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which packages are allowed what.
 *
 * @param infrastructure where what reaches outside stands
 * @param configuration where the environment is read
 * @param exceptions what is taken out of a rule
 * @param infrastructureNote what was guessed of the first
 * @param configurationNote what was guessed of the second
 */
record Scope(
    Packages infrastructure,
    Packages configuration,
    List<Exemption> exceptions,
    Optional<String> infrastructureNote,
    Optional<String> configurationNote) {

  /** Classes that a rule does not hold for. */
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
