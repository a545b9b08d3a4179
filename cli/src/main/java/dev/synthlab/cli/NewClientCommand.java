package dev.synthlab.cli;

import dev.synthlab.cli.generate.ClientWriter;
import dev.synthlab.cli.generate.GenerateException;
import dev.synthlab.logging.Redactor;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command that writes a client of an HTTP service. */
@Command(
    name = "new-client",
    header =
        "Write a Java client for an HTTP service, with a test and, if needed, a Maven project.",
    footer = {
      "",
      "In a directory without a build file it writes a whole project, which ./mvnw verify builds.",
      "Next to a pom.xml it writes only the classes and prints the dependencies they need. It"
          + " never",
      "overwrites a file, and writes no project where .mvn, lib, src or target has files.",
      "",
      "From an OpenAPI file (3.0 or 3.1, JSON or YAML) it reads the operations with JSON bodies."
          + " What",
      "it does not support is printed and listed in NOT-COVERED.md next to the classes.",
      "",
      "Examples:",
      "  synthlab new-client weather --base-url https://api.example.com/v1",
      "  synthlab new-client weather --openapi examples/weather.yaml --directory weather-client",
      "  synthlab new-client open-meteo --package com.acme.infrastructure.meteo",
      "",
      "Exit codes: 0 written, 2 invalid input, nothing written."
    })
final class NewClientCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME",
      description = "Name of the service: weather gives WeatherClient and WEATHER_API_KEY.")
  private String name = "";

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "Default base URL of the service; NAME_BASE_URL overrides it.")
  private @Nullable String baseUrl;

  @Option(
      names = "--openapi",
      paramLabel = "FILE",
      description = "OpenAPI file that describes the service.")
  private @Nullable Path openApi;

  @Option(
      names = "--package",
      paramLabel = "PACKAGE",
      description = "Package of the classes. Default: GROUP.infrastructure.NAME.")
  private @Nullable String packageName;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Project directory, created if missing. Default: the working directory.")
  private Path directory = Path.of("");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli acts on it
  private boolean help;

  @Override
  public Integer call() {
    try {
      print(
          ClientWriter.write(
              new ClientWriter.Request(
                  name,
                  directory,
                  Optional.ofNullable(baseUrl),
                  Optional.ofNullable(openApi),
                  Optional.ofNullable(packageName))));
    } catch (GenerateException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
    return ExitCodes.OK;
  }

  private void print(ClientWriter.Result done) {
    PrintStream out = Main.stdout();
    done.files().stream()
        .filter(file -> !file.startsWith("lib"))
        .forEach(file -> println(out, "wrote  " + file));
    if (done.wholeProject()) {
      println(out, "wrote  lib (the synthlab libraries, as a Maven repository)");
    }
    done.kept().forEach(file -> println(out, "kept   " + file + " (exists)"));
    if (!done.unsupported().isEmpty()) {
      println(out, "");
      println(out, "Not covered (also in NOT-COVERED.md next to the classes):");
      done.unsupported().forEach(each -> println(out, "  " + each));
    }
    println(out, "");
    if (done.wholeProject()) {
      String place = directory.toString().isEmpty() ? "" : "cd " + directory + " && ";
      println(out, "Next: " + place + "./mvnw verify");
    } else {
      println(out, "Add these dependencies to the build (" + done.client() + "):");
      done.dependencies().lines().forEach(line -> println(out, line));
      println(out, "");
      println(out, "A table row for your documentation (client, service, variables):");
      println(out, done.tableRow());
    }
    out.flush();
  }

  private static void println(PrintStream out, String line) {
    out.println(Redactor.printableLine(line));
  }
}
