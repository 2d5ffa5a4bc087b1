"""The Flask extensions, unbound; ``create_app`` binds them. Imports nothing of ours."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf.csrf import CSRFProtect

babel = Babel()
csrf = CSRFProtect()
login = LoginManager()
