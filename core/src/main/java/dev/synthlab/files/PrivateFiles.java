package dev.synthlab.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Opens files for writing so that nobody but their owner can read them, and nobody else can lead
 * what is written to another place. A new file has the mode 0600 from its first moment. A file that
 * is there must be a regular file of the user's, with one name only; read and write permissions
 * that others have are taken away before anything is written.
 *
 * <p>The looks at a file before and after it is opened leave no gap in a directory that only the
 * user may write, nor in one like {@code /tmp}, where the sticky bit keeps others from replacing
 * the user's files. Where others may replace every file, nothing can protect one.
 */
public final class PrivateFiles {
  private static final int MAX_LINKS = 40;
  private static final int MAX_TRIES = 10;
  private static final String FILE_MODE = "rw-------";
  private static final String DIRECTORY_MODE = "rwx------";

  private PrivateFiles() {}

  /**
   * Opens a file for writing. Does not follow a symbolic link.
   *
   * @param file which
   * @param options as for {@link FileChannel#open}; {@code TRUNCATE_EXISTING} empties the file only
   *     after it was looked at
   * @return the open file
   * @throws FileSystemException when what is there is no regular file, has more than one name or
   *     another owner; its reason says so
   * @throws IOException when it cannot be opened
   */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    Set<OpenOption> wanted = new HashSet<>(Set.of(options));
    boolean emptied = wanted.remove(StandardOpenOption.TRUNCATE_EXISTING);
    boolean onlyNew = wanted.remove(StandardOpenOption.CREATE_NEW);
    boolean made = wanted.remove(StandardOpenOption.CREATE);
    for (int tries = 1; ; tries++) {
      Optional<FileState> before = onlyNew ? Optional.empty() : FileState.of(file);
      try {
        if (before.isEmpty()) {
          return created(file, wanted, onlyNew || made);
        }
        before.get().requireOwn(file);
        FileChannel channel = opened(file, wanted, before.get());
        if (emptied) {
          channel.truncate(0);
        }
        return channel;
      } catch (FileAlreadyExistsException | NoSuchFileException e) {
        // It came or went between two looks.
        if (onlyNew || !made || tries == MAX_TRIES) {
          throw e;
        }
        if (before.isEmpty() && e instanceof NoSuchFileException) {
          throw e;
        }
      }
    }
  }

  private static FileChannel created(Path file, Set<OpenOption> wanted, boolean allowed)
      throws IOException {
    if (!allowed) {
      throw new NoSuchFileException(file.toString());
    }
    Set<OpenOption> options = new HashSet<>(wanted);
    options.add(StandardOpenOption.CREATE_NEW);
    if (options.contains(StandardOpenOption.APPEND)) {
      return FileChannel.open(file, options, mode(file, FILE_MODE));
    }
    options.add(StandardOpenOption.WRITE);
    return FileChannel.open(file, options, mode(file, FILE_MODE));
  }

  private static FileChannel opened(Path file, Set<OpenOption> wanted, FileState before)
      throws IOException {
    Set<OpenOption> options = new HashSet<>(wanted);
    options.add(LinkOption.NOFOLLOW_LINKS);
    FileChannel channel = FileChannel.open(file, options);
    boolean good = false;
    try {
      FileState now =
          FileState.of(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
      now.requireOwn(file);
      if (!now.isSameAs(before)) {
        throw new FileSystemException(
            file.toString(), null, "another file was put there while it was opened");
      }
      tighten(file, now);
      good = true;
      return channel;
    } finally {
      if (!good) {
        channel.close();
      }
    }
  }

  private static void tighten(Path file, FileState state) throws IOException {
    if (state.openToOthers()) {
      Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
          .setPermissions(PosixFilePermissions.fromString(FILE_MODE));
    }
  }

  /**
   * Looks at a file, and changes nothing.
   *
   * @param file which; nothing happens if it is not there
   * @throws FileSystemException when it is not the user's own regular file with one name; its
   *     reason says why
   * @throws IOException when it cannot be looked at
   */
  public static void requireOwn(Path file) throws IOException {
    Optional<FileState> state = FileState.of(file);
    if (state.isPresent()) {
      state.get().requireOwn(file);
    }
  }

  /**
   * Takes away what others may do with a file that something else opens.
   *
   * @param file which; nothing happens if it is not there
   * @throws FileSystemException as {@link #requireOwn}
   * @throws IOException when it cannot be looked at or changed
   */
  public static void tighten(Path file) throws IOException {
    Optional<FileState> state = FileState.of(file);
    if (state.isPresent()) {
      state.get().requireOwn(file);
      try {
        tighten(file, state.get());
      } catch (NoSuchFileException e) {
        // It has gone meanwhile.
      }
    }
  }

  /**
   * Where a path leads that the user has named: the file itself, or where the links lead that the
   * user or root has made. A link, or a pipe at the end, that another user has made is refused.
   *
   * @param named the path
   * @return absolute; there may be no file yet
   * @throws FileSystemException when another user has made it; its reason says so
   * @throws IOException when a link cannot be read
   */
  public static Path target(Path named) throws IOException {
    Path path = named.toAbsolutePath();
    for (int links = 0; ; links++) {
      Optional<FileState> state = FileState.of(path);
      if (state.isEmpty()) {
        return path;
      }
      state.get().requireTrustedWay(path);
      if (!Files.isSymbolicLink(path)) {
        return path;
      }
      if (links == MAX_LINKS) {
        throw new FileSystemLoopException(named.toString());
      }
      path = path.resolveSibling(Files.readSymbolicLink(path));
    }
  }

  /**
   * Makes a directory and those above it that are not there, for their owner only.
   *
   * @param directory which
   * @return the same
   * @throws IOException when it cannot be made
   */
  public static Path createDirectories(Path directory) throws IOException {
    return Files.createDirectories(directory, mode(directory, DIRECTORY_MODE));
  }

  private static FileAttribute<?>[] mode(Path path, String mode) {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }
}
