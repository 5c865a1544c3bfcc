/// The command line: `./maia COMMAND`. [Main] is the entry; the commands are listed in one file.
@NullMarked
package maia.lab.cli;

import org.jspecify.annotations.NullMarked;
