package dev.synthlab.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.Synthlab;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedTest {

  @Test
  void isSharedByTheProcessAndClosedWithIt(@TempDir Path directory) {
    Synthlab layer =
        Synthlab.of(Lab.settings("SYNTHLAB_DB_PATH", directory.resolve("lab.db").toString()));
    try (Synthlab.Installed installed = Synthlab.install(layer)) {
      DatabaseManager database = DatabaseManager.get();
      Lab.makeTable(database);

      assertThat(DatabaseManager.get()).isSameAs(database);
      layer.close();

      assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> Lab.count(database));
      assertThatExceptionOfType(IllegalStateException.class).isThrownBy(DatabaseManager::get);
      assertThat(installed).isNotNull();
    }
  }
}
