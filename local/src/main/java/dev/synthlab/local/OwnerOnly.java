package dev.synthlab.local;

import dev.synthlab.files.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Directories and files that nobody but their owner can read, where the system knows of that. */
final class OwnerOnly {
  private OwnerOnly() {}

  static Path directory(Path path) throws IOException {
    return PrivateFiles.createDirectories(path);
  }

  /** Opens a file for writing, made if it is not there; what stands in it stays. */
  static FileChannel open(Path file) throws IOException {
    return PrivateFiles.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }
}
