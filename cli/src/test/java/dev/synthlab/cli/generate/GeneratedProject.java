package dev.synthlab.cli.generate;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A generated project that is compiled and tested in this process. */
final class GeneratedProject {
  private static final BundledRepository NONE = java.util.Map::of;

  private final Path directory;

  GeneratedProject(Path directory) {
    this.directory = directory;
  }

  ClientWriter.Result write(String name, Optional<Path> openApi, Optional<String> baseUrl) {
    return ClientWriter.write(
        new ClientWriter.Request(name, directory, baseUrl, openApi, Optional.empty()), NONE);
  }

  /** Writes a client from an OpenAPI file with this content. */
  ClientWriter.Result write(String name, String openApi) {
    try {
      Path file = directory.resolve("api.yaml");
      Files.writeString(file, openApi);
      return write(name, Optional.of(file), Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String text(String endOfPath) {
    try (Stream<Path> files = Files.walk(directory)) {
      Path file = files.filter(each -> each.endsWith(endOfPath)).findFirst().orElseThrow();
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Compiles all sources with every lint; gives what the compiler messages. */
  String compile() {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files =
            compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
        Stream<Path> all = Files.walk(directory)) {
      List<Path> sources = all.filter(each -> each.toString().endsWith(".java")).toList();
      List<String> options =
          List.of(
              "-Xlint:all,-processing,-classfile,-path",
              "-proc:none",
              "-Xdoclint:all/public",
              "-parameters",
              "-cp",
              System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
              "-d",
              Files.createDirectories(classes()).toString());
      compiler
          .getTask(messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
          .call();
      return messages.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path classes() {
    return directory.resolve("target/test-classes");
  }

  /** Runs the tests of a compiled class. */
  TestExecutionSummary test(String className) {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {url()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      LauncherDiscoveryRequest request =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(DiscoverySelectors.selectClass(loader.loadClass(className)))
              .build();
      SummaryGeneratingListener listener = new SummaryGeneratingListener();
      LauncherFactory.create().execute(request, listener);
      return listener.getSummary();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private URL url() throws MalformedURLException {
    return classes().toUri().toURL();
  }
}
