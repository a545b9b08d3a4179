package dev.synthlab.batch;

import dev.synthlab.files.PrivateFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * The paths of OUT and of the files that belong to it. New files are readable by their owner only;
 * a file is replaced atomically.
 */
final class OutputFiles {
  private final Path out;
  private final Optional<Path> table;

  private OutputFiles(Path out, Optional<Path> table) {
    this.out = out;
    this.table = table;
  }

  /** The files of an output; for CSV, OUT is a file next to the table of that name. */
  static OutputFiles of(Path named, BulkOptions.Format format) throws IOException {
    Path real = real(named);
    return switch (format) {
      case OPENAI, JSONL -> new OutputFiles(real, Optional.empty());
      case CSV ->
          new OutputFiles(real.resolveSibling(real.getFileName() + ".jsonl"), Optional.of(real));
    };
  }

  /** Follows the user's own links, and creates the directory if needed. */
  private static Path real(Path named) throws IOException {
    Path path = PrivateFiles.target(named);
    Path directory = path.getParent();
    Path name = path.getFileName();
    if (directory == null || name == null || Files.isDirectory(path)) {
      throw new IOException("it is a directory");
    }
    Files.createDirectories(directory);
    return directory.toRealPath().resolve(name);
  }

  Path out() {
    return out;
  }

  /** The CSV table, which is written from OUT. */
  Optional<Path> table() {
    return table;
  }

  Path jobFile() {
    return beside("", ".job.json");
  }

  Path errors() {
    return beside("", ".errors.jsonl");
  }

  Path unreadable() {
    return beside("", ".bad");
  }

  Path lock() {
    return beside(".", ".lock");
  }

  Path spool() {
    return beside(".", ".stdin");
  }

  /** The files of OUT that are never an input. */
  List<Path> own() {
    return List.of(
        jobFile(),
        unreadable(),
        lock(),
        temporary(out),
        temporary(jobFile()),
        temporary(errors()),
        temporary(unreadable()));
  }

  private Path beside(String before, String after) {
    return out.resolveSibling(before + out.getFileName() + after);
  }

  static boolean hasContent(Path file) throws IOException {
    return Files.exists(file) && Files.size(file) > 0;
  }

  /** Refuses files of another user. */
  void requireOwn() {
    for (Path file :
        List.of(out, table.orElse(out), jobFile(), errors(), unreadable(), lock(), spool())) {
      try {
        PrivateFiles.requireOwn(file);
      } catch (IOException e) {
        throw RunPreflight.unwritable(file, e);
      }
    }
  }

  /** Writes the new content of a file. */
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Creates or replaces a file: writes a temporary file, syncs it, and renames it.
   *
   * @param steps told before the rename
   */
  static void replace(Path file, RunCrashPoints steps, Content content) throws IOException {
    Path temporary = temporary(file);
    Files.deleteIfExists(temporary);
    try {
      try (FileChannel channel =
          PrivateFiles.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        OutputStream stream =
            new java.io.BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        content.writeTo(stream);
        stream.flush();
        channel.force(true);
      }
      steps.reached(RunCrashPoints.Step.TEMPORARY_WRITTEN, file);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      steps.reached(RunCrashPoints.Step.RENAMED, file);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    syncDirectory(file);
  }

  /** The name of a file while it is written; an existing one was left by a killed run. */
  static Path temporary(Path file) {
    return file.resolveSibling("." + file.getFileName() + ".tmp");
  }

  /** Syncs the directory of a file, so that a rename is durable. */
  static void syncDirectory(Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    if (directory != null && posix) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  /** The identity of a file, independent of its name. */
  static Optional<Object> identity(Path file) throws IOException {
    return Files.exists(file)
        ? Optional.ofNullable(
            Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class).fileKey())
        : Optional.empty();
  }

  /** Renames a table to the first free number. */
  static Path putAside(Path table) throws IOException {
    int number = 1;
    while (isThere(table.resolveSibling(table.getFileName() + "." + number))) {
      number++;
    }
    Path aside = table.resolveSibling(table.getFileName() + "." + number);
    Files.move(table, aside);
    syncDirectory(table);
    return aside;
  }

  /** Renames OUT and the files that belong to it to the first free number. */
  Path putAside() throws IOException {
    int number = 1;
    while (isThere(numbered(number))) {
      number++;
    }
    Path aside = numbered(number);
    // OUT is renamed last: until then it has its job file, and the same command completes the rest.
    if (Files.exists(jobFile())) {
      Path kept = aside.resolveSibling(aside.getFileName() + ".job.json");
      Files.copy(jobFile(), kept, StandardCopyOption.REPLACE_EXISTING);
    }
    for (Path file : new Path[] {errors(), unreadable()}) {
      if (Files.exists(file)) {
        String rest =
            file.getFileName().toString().substring(out.getFileName().toString().length());
        Files.move(
            file,
            aside.resolveSibling(aside.getFileName() + rest),
            StandardCopyOption.REPLACE_EXISTING);
      }
    }
    Files.move(out, aside);
    syncDirectory(out);
    return aside;
  }

  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  private Path numbered(int number) {
    return beside("", "." + number);
  }
}
