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

/** Writes a client of another service. */
@Command(
    name = "new-client",
    header =
        "Write a client of a service outside, with a test and, where there is none, a project.",
    footer = {
      "",
      "In a directory without a project it writes a whole one: ./mvnw verify is green at once. Beside",
      "a pom.xml it writes the classes and says which dependencies they need. What is there already",
      "is never overwritten.",
      "",
      "Of an OpenAPI file (3.0 and 3.1, JSON or YAML) it takes operations with JSON bodies; what it",
      "does not take is listed, and stands in NOT-COVERED.md beside the classes.",
      "",
      "Examples:",
      "  synthlab new-client weather --base-url https://api.example.com/v1",
      "  synthlab new-client weather --openapi examples/weather.yaml --directory weather-client",
      "  synthlab new-client open-meteo --package com.acme.infrastructure.meteo",
      "",
      "Exit: 0 written, 2 nothing was written."
    })
final class NewClientCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "NAME",
      description = "The service, for example weather: WeatherClient and WEATHER_API_KEY.")
  private String name = "";

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "The address of the service where the environment says none.")
  private @Nullable String baseUrl;

  @Option(
      names = "--openapi",
      paramLabel = "FILE",
      description = "An OpenAPI file that describes the service.")
  private @Nullable Path openApi;

  @Option(
      names = "--package",
      paramLabel = "PACKAGE",
      description = "Where the classes stand, in place of GROUP.infrastructure.NAME.")
  private @Nullable String packageName;

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "The project, in place of the working directory; made if it is not there.")
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
      println(out, "wrote  lib (the libraries of the layer, as a Maven repository)");
    }
    done.kept().forEach(file -> println(out, "kept   " + file + " (was there already)"));
    if (!done.unsupported().isEmpty()) {
      println(out, "");
      println(out, "Not covered, see NOT-COVERED.md beside the classes:");
      done.unsupported().forEach(each -> println(out, "  " + each));
    }
    println(out, "");
    if (done.wholeProject()) {
      String place = directory.toString().isEmpty() ? "" : "cd " + directory + " && ";
      println(out, "Next: " + place + "./mvnw verify");
    } else {
      println(out, "The build needs these dependencies (" + done.client() + "):");
      done.dependencies().lines().forEach(line -> println(out, line));
      println(out, "");
      println(out, "A line for the documentation (client, service, variables):");
      println(out, done.tableRow());
    }
    out.flush();
  }

  private static void println(PrintStream out, String line) {
    out.println(Redactor.printableLine(line));
  }
}
