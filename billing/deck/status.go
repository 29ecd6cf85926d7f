package deck

import "strings"

// Words of a status column, as plain makes them. Only what closes a code counts
// as closing it; "new" and "increase" are said of codes that are open.
const (
	closedWords = " blocked block closed close deleted delete removed remove barred suspended discontinued withdrawn disabled inactive deactivated terminated stop stopped unavailable " +
		"заблокирован заблокировано закрыт закрыто закрыта удален удалено удалена удалить отключен отключено неактивен недоступно " +
		"gesperrt geloscht geschlossen entfernt inaktiv bloque ferme supprime inactif desactive bloqueado cerrado eliminado borrado inactivo suspendido " +
		"封锁 关闭 删除 停用 屏蔽 已删除 已关闭 禁用 "
	openWords = " active open opened new added add create created update updated enabled available increase increased decrease decreased raised lowered same unchanged change changed current ok normal up down valid live " +
		"активен активно открыт открыто новый новое новая добавлен повышение понижение увеличение снижение рост изменен изменение действует действующий прежняя " +
		"aktiv offen neu erhoht gesenkt unverandert erhohung senkung geandert freigegeben gultig actif ouvert nouveau hausse baisse inchange augmentation diminution modifie " +
		"activo abierto nuevo aumento subida bajada disminucion igual modificado vigente 正常 启用 新增 上调 下调 不变 有效 开放 "
	yesWords = " yes y true 1 x да ja oui si 是 "
	noWords  = " no n false 0 нет nein non 否 "
)

// parseStatus says whether the cell closes the code; ok is false for a word that
// nobody knows.
func parseStatus(cell []byte) (blocked, ok bool) {
	text := plain(string(cell))
	words := strings.Fields(text)
	// "not active" and "no longer open" close the code, "not blocked" opens it.
	not := false
	known := len(words) == 0
	for _, w := range words {
		switch {
		case w == "not" || w == "не" || w == "nicht" || w == "longer":
			not = true
		case strings.Contains(closedWords, " "+w+" "):
			return !not, true
		case strings.Contains(openWords, " "+w+" "):
			known = true
			if not {
				return true, true
			}
		}
	}
	return false, known
}

func parseYesNo(cell []byte) (yes, ok bool) {
	w := plain(string(cell))
	switch {
	case w == "":
		return false, false
	case strings.Contains(yesWords, " "+w+" "):
		return true, true
	case strings.Contains(noWords, " "+w+" "):
		return false, true
	}
	return false, false
}

// looksStatus is true of a word that says open or closed.
func looksStatus(c []byte) bool {
	_, ok := parseStatus(c)
	return ok && len(c) > 0 && len(c) < longestHeader && hasLetter(c)
}

func looksYesNo(c []byte) bool {
	if _, ok := parseYesNo(c); ok {
		return true
	}
	return looksStatus(c)
}
