#!/bin/sh
# The image's `grader`: what lies in /run/secrets is a variable of the file's name in capitals, and the database's
# password is the one that its driver looks for; the App's key is read from its file. So secrets stand in no list of containers, and `compose exec` has them.
set -eu
for file in /run/secrets/*; do
  [ -f "$file" ] || continue
  name=$(basename "$file" | tr '[:lower:]' '[:upper:]')
  [ "$name" != DATABASE_PASSWORD ] || name=PGPASSWORD
  value=$(cat "$file")
  [ "$name" != GRADER_GITHUB_APP_KEY ] || value=$file
  export "$name=$value"
done
exec /opt/takehome-grader/bin/grader "$@"
