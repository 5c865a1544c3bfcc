@echo off
rem Maia4J from the command line; the twin of the script "maia". Set JAVA_HOME or MAIA_JAVA_HOME to a JDK 25.
setlocal
set "here=%~dp0"
set "home=%MAIA_JAVA_HOME%"
if not defined home set "home=%JAVA_HOME%"
if not defined home (
  echo No JDK 25 was found. Install one, for example Eclipse Temurin 25, and set JAVA_HOME to it. 1>&2
  exit /b 3
)
findstr /r /c:"JAVA_VERSION=.2[5-9]" /c:"JAVA_VERSION=.[3-9][0-9]" "%home%\release" >nul 2>&1
if errorlevel 1 (
  echo "%home%" is no JDK 25 or later. Install one and set JAVA_HOME to it. 1>&2
  exit /b 3
)
set "help=%here%sdk\lab\src\main\resources\maia\lab\cli\help.txt"
set "lab=%here%sdk\lab\target"
set "classpath_=%lab%\classes;%lab%\lib\*"
set "bundle="
if exist "%here%lib\maia4j.bundle" (
  set "bundle=yes"
  set "help=%here%lib\help.txt"
  set "classpath_=%here%lib\*"
)
set "command=%~1"
if "%command%"=="" set "command=help"
for %%h in (help -h --help) do if "%command%"=="%%h" (
  type "%help%"
  exit /b 0
)
findstr /b /c:"  %command% " "%help%" >nul
if errorlevel 1 (
  echo maia: unknown command '%command%'; maia --help lists the commands 1>&2
  exit /b 2
)
set "rebuild="
if not defined bundle if not exist "%lab%\lib" set "rebuild=yes"
if defined bundle if "%command%"=="build" (
  echo maia: build: this is a bundle, without sources; get the repository to change them 1>&2
  exit /b 2
)
if "%command%"=="build" set "rebuild=yes"
if defined rebuild (
  echo Building the SDK; the first time this downloads Maven and the libraries. 1>&2
  call "%here%mvnw.cmd" -B -ntp -f "%here%pom.xml" -pl sdk/lab -am package -Dmaven.test.skip=true -Dspotless.check.skip=true
  if errorlevel 1 exit /b 1
)
if "%command%"=="build" exit /b 0
set "CLASSPATH="
set "vector="
if not "%MAIA_VECTOR%"=="off" set "vector=--add-modules jdk.incubator.vector"
set "flags=%vector% --add-opens jdk.jshell/jdk.jshell=ALL-UNNAMED --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -Djava.awt.headless=true %MAIA_JAVA_OPTS%"
if "%command%"=="run" if not "%~x2"==".java" set "flags=%flags% -ea"
if "%command%"=="run" if "%~x2"==".java" (
  "%home%\bin\java" %flags% "-Dmaia.home=%here%." -cp "%classpath_%" "%~2" %3 %4 %5 %6 %7 %8 %9
  exit /b
)
"%home%\bin\java" %flags% "-Dmaia.home=%here%." -cp "%classpath_%" maia.lab.cli.Main %*
exit /b
