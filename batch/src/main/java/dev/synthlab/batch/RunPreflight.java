package dev.synthlab.batch;

import dev.synthlab.files.PrivateFiles;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Checks of the input and output paths before a run. */
final class RunPreflight {
  private static final List<String> NETWORK =
      List.of("nfs", "cifs", "smb", "sshfs", "afs", "ceph", "gluster", "9p");

  private RunPreflight() {}

  static void requireReadable(Path input) {
    String problem = "";
    if (!Files.exists(input)) {
      problem = "it does not exist";
    } else if (Files.isDirectory(input)) {
      problem = "it is a directory";
    } else if (!Files.isReadable(input)) {
      problem = "permission denied";
    }
    if (!problem.isEmpty()) {
      throw new BatchException(
          BatchException.Kind.INPUT_UNREADABLE, "cannot read " + input + ": " + problem);
    }
  }

  static void requireOtherThanInput(BulkOptions options, OutputFiles files) throws IOException {
    if (!(options.input().source() instanceof BulkOptions.Source.File file)) {
      return;
    }
    Path input = file.path();
    if (isSame(input, files.out()) || isTable(input, files)) {
      throw new BatchException(
          BatchException.Kind.OUTPUT_IS_INPUT,
          "the output " + files.table().orElse(files.out()) + " is the input; name another output");
    }
    if (isSame(input, files.errors())) {
      throw new BatchException(
          BatchException.Kind.OUTPUT_IS_INPUT,
          input
              + " lists the failed rows of this very output; run the first input again with"
              + " --retry-failed, or name another output");
    }
    if (isSame(input, files.spool()) || isSame(input, OutputFiles.temporary(files.spool()))) {
      throw new BatchException(
          BatchException.Kind.OUTPUT_IS_INPUT,
          input
              + " is the copy of standard input that an earlier run of this output made; pipe the"
              + " rows in again with -, or copy the file and name the copy");
    }
    for (Path own : files.own()) {
      if (isSame(input, own)) {
        throw new BatchException(
            BatchException.Kind.OUTPUT_IS_INPUT,
            input + " belongs to the output " + files.out() + "; copy the file and name the copy");
      }
    }
  }

  private static boolean isTable(Path input, OutputFiles files) throws IOException {
    return files.table().isPresent() && isSame(input, files.table().get());
  }

  private static boolean isSame(Path one, Path other) throws IOException {
    return Files.exists(other) && Files.isSameFile(one, other);
  }

  static boolean onNetwork(Path directory) throws IOException {
    FileStore store = Files.getFileStore(directory);
    String type = store.type().toLowerCase(Locale.ROOT);
    return NETWORK.stream().anyMatch(type::contains);
  }

  static BatchException unwritable(Path path, IOException e) {
    return new BatchException(
        BatchException.Kind.OUTPUT_UNWRITABLE,
        "cannot write " + path + ": " + reason(e) + "; choose an output that can be written",
        e);
  }

  /** The file in an exception that has a reason. */
  static Optional<Path> named(IOException e) {
    return e instanceof FileSystemException told && told.getReason() != null
        ? Optional.ofNullable(told.getFile()).map(Path::of)
        : Optional.empty();
  }

  /** Refuses a pipe of another user. */
  static void requireTrusted(Path device) {
    try {
      PrivateFiles.target(device);
    } catch (IOException e) {
      throw unwritable(device, e);
    }
  }

  private static String message(IOException e) {
    return e.getMessage() == null ? "no reason is given" : e.getMessage();
  }

  /** The reason of an exception, in words. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof FileSystemLoopException) {
      return "its links form a loop";
    }
    if (e instanceof FileAlreadyExistsException there) {
      return there.getFile() + " is not a directory";
    }
    Optional<String> reason =
        e instanceof FileSystemException told
            ? Optional.ofNullable(told.getReason())
            : Optional.empty();
    return reason.orElseGet(() -> message(e));
  }
}
