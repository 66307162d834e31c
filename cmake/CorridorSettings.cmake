# How everything is compiled: C++20, warnings as errors, sanitizers by option, mold and ccache when present.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")

option(CORRIDOR_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(CORRIDOR_FUZZ "Build fuzz targets, and only what they and gRPC-free tests need" OFF)
set(CORRIDOR_GOOGLE_PROTOS "${PROJECT_SOURCE_DIR}/.corridor/npm/node_modules/google-proto-files"
    CACHE PATH "Folder of the npm package google-proto-files")
set(CORRIDOR_SWAGGER_UI "${PROJECT_SOURCE_DIR}/.corridor/npm/node_modules/swagger-ui-dist"
    CACHE PATH "Folder of the npm package swagger-ui-dist")

# What our own code is held to. Generated code gets the flags below only.
add_library(corridor_warnings INTERFACE)
target_compile_options(corridor_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror)

if(CORRIDOR_SANITIZE)
  # vptr, null, alignment and object-size cost most of the build time and find least here.
  add_compile_options(-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined
                      -fno-sanitize=vptr,null,alignment,object-size -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
endif()
if(CORRIDOR_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

find_program(CORRIDOR_MOLD mold)
if(CORRIDOR_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
find_program(CORRIDOR_CCACHE ccache)
if(CORRIDOR_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CORRIDOR_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CORRIDOR_CCACHE})
endif()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Protobuf REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
if(NOT CORRIDOR_FUZZ)
  find_package(gRPC CONFIG REQUIRED)
endif()
include(GoogleTest)
