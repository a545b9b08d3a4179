package dev.synthlab.files;

import dev.synthlab.Internal;
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
 * Opens files for writing so that only their owner can read them, and no link leads what is written
 * to another place. A new file has the mode 0600 from the start. An existing file must be a regular
 * file of this user with one name; permissions of others are removed before anything is written.
 *
 * <p>A file is examined before and after it is opened. That leaves no gap in a directory that only
 * the user can write, nor in one like {@code /tmp}, where the sticky bit keeps others from
 * replacing the user's files. In a directory where others can replace every file, nothing is
 * protected.
 */
@Internal
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
   *     after it was examined
   * @return the open file
   * @throws FileSystemException when the existing file is no regular file, has more than one name
   *     or another owner; its reason says so
   * @throws IOException when it cannot be opened
   */
  public static FileChannel open(Path file, OpenOption... options) throws IOException {
    Set<OpenOption> wanted = new HashSet<>(Set.of(options));
    boolean truncate = wanted.remove(StandardOpenOption.TRUNCATE_EXISTING);
    boolean mustBeNew = wanted.remove(StandardOpenOption.CREATE_NEW);
    boolean create = wanted.remove(StandardOpenOption.CREATE);
    for (int tries = 1; ; tries++) {
      Optional<FileState> before = mustBeNew ? Optional.empty() : FileState.of(file);
      try {
        if (before.isEmpty()) {
          return created(file, wanted, mustBeNew || create);
        }
        before.get().requireOwn(file);
        FileChannel channel = opened(file, wanted, before.get());
        if (truncate) {
          channel.truncate(0);
        }
        return channel;
      } catch (FileAlreadyExistsException | NoSuchFileException e) {
        // It was made or deleted between two checks.
        if (mustBeNew || !create || tries == MAX_TRIES) {
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
   * Requires that a file is the user's own regular file with one name. Changes nothing.
   *
   * @param file which; nothing happens if it does not exist
   * @throws FileSystemException when it is not; its reason says why
   * @throws IOException when it cannot be examined
   */
  public static void requireOwn(Path file) throws IOException {
    Optional<FileState> state = FileState.of(file);
    if (state.isPresent()) {
      state.get().requireOwn(file);
    }
  }

  /**
   * Removes the permissions of others from a file that a library opens by itself.
   *
   * @param file which; nothing happens if it does not exist
   * @throws FileSystemException as {@link #requireOwn}
   * @throws IOException when it cannot be examined or changed
   */
  public static void tighten(Path file) throws IOException {
    Optional<FileState> state = FileState.of(file);
    if (state.isPresent()) {
      state.get().requireOwn(file);
      try {
        tighten(file, state.get());
      } catch (NoSuchFileException e) {
        // It was deleted meanwhile.
      }
    }
  }

  /**
   * The target of a path that the user has named: the file itself, or the end of links that the
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
      state.get().requireTrustedMaker(path);
      if (!Files.isSymbolicLink(path)) {
        return path;
      }
      if (links == MAX_LINKS) {
        throw new FileSystemLoopException(named.toString());
      }
      path = path.resolveSibling(Files.readSymbolicLink(path));
    }
  }

  /** Makes a directory and the missing ones above it, for their owner only. */
  static Path createDirectories(Path directory) throws IOException {
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
